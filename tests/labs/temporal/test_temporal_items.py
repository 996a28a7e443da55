"""The generated items: truth recomputed from their words, balance, pairs, formats, the design."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

import pytest

from labs.experiments.experiment import Request, Size
from labs.experiments.scenarios.formats import formats_of, render
from labs.experiments.scenarios.set_checks import check_set
from labs.experiments.scenarios.set_file import parse_set, read_set, shipped_sets, write_set
from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from labs.temporal.deadlines import deadlines
from labs.temporal.experiment import Options, design, scenarios
from labs.temporal.intervals import intervals
from labs.temporal.items import draw_balanced, tagged
from labs.temporal.surfaces import DAYS, duration
from models.errors import UserError

FAMILIES = [deadlines, intervals]
MOMENT = re.compile(
    r"(?:at (\d+):(\d\d)(?: (a\.m\.|p\.m\.|noon))?(?: on (\w+))?(?: \(UTC\+(\d)\))?)"
    r"|(?:in (?:(\d+) hours?)? ?(?:(\d+) minutes?)?)"
)


def minutes_in(text: str) -> list[int]:
    """Every moment of a fact, read by other code than that which wrote it."""
    found = []
    for hour, minute, half, day, zone, hours, rest in MOMENT.findall(text):
        if not hour:
            if hours or rest:
                found.append(60 * int(hours or 0) + int(rest or 0))
            continue
        clock = int(hour) % 12 + (12 if half in ("p.m.", "noon") else 0) if half else int(hour)
        days = DAYS.index(day) if day else 0
        found.append(1440 * days + 60 * clock + int(minute) - 60 * int(zone or 0))
    return found


def is_before(one: int, other: int) -> bool:
    """The week begins again after Sunday."""
    return 0 < (other - one) % (7 * 1440) < 3 * 1440


@pytest.mark.parametrize("seed", [1, 2])
def test_the_truth_of_deadlines_follows_from_the_words_alone(seed: int) -> None:
    for item in deadlines(5, seed).items:
        (limit,), (moment,) = minutes_in(item.facts["limit"]), minutes_in(item.facts["moment"])
        assert (item.truth == "yes") == is_before(moment, limit), item


@pytest.mark.parametrize("seed", [1, 2])
def test_the_truth_of_intervals_follows_from_the_words_alone(seed: int) -> None:
    for item in intervals(5, seed).items:
        (begin, end), (start, stop) = (minutes_in(item.facts[key]) for key in ("limit", "moment"))
        assert is_before(begin, end) and is_before(start, stop)
        clash = is_before(begin, stop) and is_before(start, end)
        assert (item.truth == "no") == clash, item


def pairs_of(made: ScenarioSet) -> list[list[Scenario]]:
    return [list(group) for _, group in groupby(made.items, key=lambda item: item.group)]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pair_differs_in_one_moment_and_in_its_truth(family) -> None:
    for one, other in pairs_of(family(2, 1)):
        words = [[*one.facts.values()], [*other.facts.values()]]
        changed = [(a, b) for a, b in zip(*words, strict=True) if a != b]
        assert len(changed) == 1
        moments = [minutes_in(text) for text in changed[0]]
        assert sum(a != b for a, b in zip(*moments, strict=True)) == 1
        assert {one.truth, other.truth} == {"yes", "no"}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_round_has_96_items_balanced_in_everything(family) -> None:
    items = family(1, 1).items
    assert len(items) == 96
    assert set(Counter(item.truth for item in items).values()) == {48}
    assert set(Counter((item.domain, item.truth) for item in items).values()) == {6}
    margins = Counter(item.numbers["margin_minutes"] for item in items)
    assert margins == {sign * m: 8 for m in (1, 5, 15, 30, 60, 120) for sign in (-1, 1)}
    assert all((item.numbers["margin_minutes"] > 0) == (item.truth == "yes") for item in items)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("with_boundary", [False, True])
def test_no_check_of_sets_finds_a_fault(family, with_boundary: bool) -> None:
    assert check_set(family(2, 3, with_boundary=with_boundary)) == ()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_layout_and_tone_states_all_facts_and_adds_none(family) -> None:
    made = family(1, 1, with_boundary=True)
    for chosen in (*formats_of(made, "layout"), *formats_of(made, "tone")):
        assert all(render(made, item, chosen) for item in made.items)


@pytest.mark.parametrize("family", FAMILIES)
def test_at_the_boundary_the_stated_rule_decides(family) -> None:
    made = family(1, 1, with_boundary=True)
    at_zero = [pair for pair in pairs_of(made) if not pair[0].numbers["margin_minutes"]]
    assert len(at_zero) == 8
    for one, other in at_zero:
        assert one.facts["rule"] != other.facts["rule"]
        assert {**one.facts, "rule": ""} == {**other.facts, "rule": ""}
        assert one.facts["rule"] in one.derivation


def test_intervals_bring_ten_relations_and_the_boundary_two_more() -> None:
    plain = {tagged(item)["relation"] for item in intervals(5, 1).items}
    touching = {tagged(item)["relation"] for item in intervals(5, 1, with_boundary=True).items}
    assert len(plain) == 10
    assert touching - plain == {"meets", "met-by"}


def test_a_set_survives_being_written_into_a_plan() -> None:
    made = deadlines(1, 1)
    assert parse_set(write_set(made)).hash == made.hash


@pytest.mark.parametrize("count", [48, 64, 96])
def test_fewer_items_stay_balanced_over_truth_and_domain(count: int) -> None:
    drawn = draw_balanced(deadlines(1, 1).items, count, seed=5)
    assert len(drawn) == count
    assert set(Counter(item.truth for item in drawn).values()) == {count // 2}
    assert set(Counter(item.domain for item in drawn).values()) == {count // 8}


def test_every_item_is_asked_both_ways_in_both_orders() -> None:
    options, size = Options(second_layout="json"), Size(24, 1)
    made = design(Request(options, size, 1, scenarios(options, size, 1)))
    asked = Counter((t.factors["question"], t.factors["options"], t.factors["format"], t.truth)
                    for t in made.trials)  # fmt: skip
    assert len(made.trials) == 24 * 8
    assert len(asked) == 16
    assert set(asked.values()) == {12}


def test_a_set_that_cannot_be_turned_round_is_refused() -> None:
    made = deadlines(1, 1)
    alone = ScenarioSet(**{**made.__dict__, "questions": made.questions[:1]})
    with pytest.raises(UserError, match="no question turned round"):
        design(Request(Options(), Size(24, 1), 1, alone))


def test_a_set_that_is_not_about_time_is_refused() -> None:
    reviews = next(path for path in shipped_sets() if path.stem == "reviews")
    with pytest.raises(UserError, match="how many minutes are left"):
        design(Request(Options(), Size(24, 1), 1, read_set(reviews)))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (125, "2 hours 5 minutes")],
)
def test_durations_are_written_as_people_say_them(minutes: int, words: str) -> None:
    assert duration(minutes) == words
