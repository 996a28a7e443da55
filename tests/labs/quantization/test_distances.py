"""Which file is closest to the base: told by differences at the same tokens, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from labs.quantization.comparison import Comparison, Row
from labs.quantization.distances import by_distance, closest, difference, farthest
from labs.quantization.finding import finding_of
from labs.quantization.measures import WindowNumbers, measures
from labs.quantization.moved import OtherTold, Told, ToldWindow
from labs.quantization.speed import Spread
from tests.labs.quantization.made import costs

EASY_TO_HARD = (0.1, 0.2, 0.3, 0.4)


def compared(*files: Sequence[float], speed: float | None = None, told: bool = True) -> Comparison:
    """Files A, B … with one token a window, whose divergences are given."""
    rows = [Row(costs("hare-F16", 16.0, 50.0))]
    for name, values in zip("ABCD", files, strict=False):
        found = measures([WindowNumbers("", (1.0,), (1.0,), (each,), (1,), (1,))
                          for each in values])  # fmt: skip
        rows.append(Row(costs(f"hare-{name}", 4.5, 60.0), found))
    if speed is None:
        rows = [replace(row, costs=replace(row.costs, write_speed=None)) for row in rows]
    windows = tuple(
        ToldWindow("", (1, 2), 0, (1.0,), (1,), tuple(OtherTold((1.0,), (kld,), (1,))
                                                     for kld in klds))
        for klds in zip(*files, strict=True)
    )  # fmt: skip
    n = len(files[0])
    return Comparison(tuple(rows), n, n, 8, told=Told(windows if told else ()))


def test_what_is_always_a_little_farther_is_farther_however_far_windows_lie_apart() -> None:
    """The intervals of both overlap nearly whole: 0.05 to 0.45, and 0.07 to 0.47."""
    made = compared(EASY_TO_HARD, [kld + 0.02 for kld in EASY_TO_HARD])
    near, far = by_distance(made)
    assert far.measures.kld.low and far.measures.kld.low < near.nats
    told = difference(made, far, near)
    assert (told.value, told.low, told.high) == pytest.approx((0.02, 0.02, 0.02))
    assert finding_of(made).startswith("A is closest to the base (0.25 nats). B is farthest")


def test_a_difference_that_turns_from_window_to_window_parts_nobody() -> None:
    """Differences 0.1, −0.1, 0.3 and −0.1: mean 0.05; around it 0.05, −0.15, 0.25 and −0.15, whose
    squares sum to 0.11; √(4/3 · 0.11)/4 = 0.0957, times 3.1824 of t with 3 degrees: ± 0.3047."""
    made = compared(EASY_TO_HARD, (0.2, 0.1, 0.6, 0.3))
    near, far = by_distance(made)
    told = difference(made, far, near)
    assert (told.value, told.se) == pytest.approx((0.05, 0.095743), abs=1e-6)
    assert (told.low, told.high) == pytest.approx((0.05 - 0.30470, 0.05 + 0.30470), abs=1e-4)
    assert finding_of(made) == (
        "Which is closest to the base is within noise: A with 0.25, B with 0.3 nats."
    )


def test_of_more_files_the_first_has_to_be_surer() -> None:
    """Differences 0.01, 0.02, 0.03 and 0.04: mean 0.025, error 0.006455. Times 3.1824 that is
    0.0205, so alone B is farther; of three rivals each is held at 98.3 %, t is 4.857, ± 0.0313."""
    second = [kld + step for kld, step in zip(EASY_TO_HARD, (0.01, 0.02, 0.03, 0.04), strict=True)]
    alone = closest(compared(EASY_TO_HARD, second))
    assert alone is not None and alone.is_clear
    far = [[kld + add for kld in EASY_TO_HARD] for add in (1.0, 2.0)]
    many = compared(EASY_TO_HARD, second, *far)
    near, last = closest(many), farthest(many)
    assert near is not None and near.labels == ("A", "B")
    assert last is not None and last.labels == ("D",)


def test_without_what_was_said_of_each_token_both_errors_count_alone() -> None:
    """√(0.064550² + 0.064550²) = 0.091287."""
    made = compared(EASY_TO_HARD, [kld + 0.02 for kld in EASY_TO_HARD], told=False)
    near, far = by_distance(made)
    assert difference(made, far, near).se == pytest.approx(0.091287, abs=1e-6)
    assert "is within noise: A with 0.25, B with 0.27 nats" in finding_of(made)


def test_one_window_does_not_tell() -> None:
    assert finding_of(compared((0.1,), (5.0,))) == (
        "One window does not tell which is closest to the base: A with 0.1, B with 5 nats."
    )


def test_the_fastest_is_named_also_where_the_closest_is_not() -> None:
    made = compared(EASY_TO_HARD, (0.2, 0.1, 0.6, 0.3), speed=60.0)
    slow, fast = made.rows[1], made.rows[2]
    quick = Spread(90.0, 90.0, 2.0, 5)
    rows = (made.rows[0], slow, replace(fast, costs=replace(fast.costs, write_speed=quick)))
    assert finding_of(replace(made, rows=rows)).startswith(
        "Which is closest to the base is within noise: A with 0.25, B with 0.3 nats. B writes "
        "fastest (90.0 ± 2.0 tokens a second, 0.3 nats)."
    )
