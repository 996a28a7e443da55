"""Allen's relations: each holds where it should, and the computed table is the known one."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from labs.temporal.allen import (
    APART,
    INVERSES,
    RELATIONS,
    Interval,
    compose,
    inverse,
    relation,
    shared_minutes,
)

INTERVALS = [Interval(a, b) for a, b in combinations(range(7), 2)]
PAIRS = list(product(INTERVALS, repeat=2))


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ((0, 2), "before"), ((0, 4), "meets"), ((2, 6), "overlaps"), ((2, 8), "finished-by"),
        ((2, 9), "contains"), ((4, 6), "starts"), ((4, 8), "equals"), ((4, 9), "started-by"),
        ((5, 7), "during"), ((6, 8), "finishes"), ((6, 9), "overlapped-by"), ((8, 9), "met-by"),
        ((9, 11), "after"),
    ],
)  # fmt: skip
def test_each_relation_is_told_from_the_ends(first: tuple[int, int], name: str) -> None:
    assert relation(Interval(*first), Interval(4, 8)) == name


def test_the_inverse_is_the_relation_the_other_way() -> None:
    assert set(INVERSES) == set(RELATIONS)
    for a, b in PAIRS:
        assert relation(b, a) == inverse(relation(a, b))


def test_times_are_apart_where_they_share_no_minute() -> None:
    for a, b in PAIRS:
        assert (relation(a, b) in APART) == (shared_minutes(a, b) <= 0)


# Allen 1983, figure 4, in his order of composition.
@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("before", "before", {"before"}),
        ("meets", "meets", {"before"}),
        ("meets", "met-by", {"finishes", "finished-by", "equals"}),
        ("met-by", "meets", {"starts", "started-by", "equals"}),
        ("during", "before", {"before"}),
        ("before", "during", {"before", "meets", "overlaps", "starts", "during"}),
        ("overlaps", "overlaps", {"before", "meets", "overlaps"}),
        ("during", "during", {"during"}),
        ("starts", "finishes", {"during"}),
        ("contains", "starts", {"contains", "finished-by", "overlaps"}),
        ("equals", "overlapped-by", {"overlapped-by"}),
        ("before", "after", set(RELATIONS)),
        ("during", "contains", set(RELATIONS)),
    ],
)
def test_the_composition_is_that_of_allen(first: str, second: str, found: set[str]) -> None:
    assert compose(first, second) == found


def test_the_table_has_allens_409_entries() -> None:
    assert sum(len(compose(a, b)) for a, b in product(RELATIONS, repeat=2)) == 409


def test_the_table_is_the_same_read_backwards() -> None:
    for a, b in product(RELATIONS, repeat=2):
        assert {inverse(c) for c in compose(a, b)} == compose(inverse(b), inverse(a))


def test_an_empty_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        Interval(5, 5)
