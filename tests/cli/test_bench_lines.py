"""How the benchmark judges: medians of rounds, neighbours compared, a missing line fails."""

from __future__ import annotations

import pytest

from tests.bench.children.beat import percentile
from tests.bench.line import Bound, Line, interleave
from tests.bench.table import row


@pytest.mark.parametrize(
    ("bound", "passed"),
    [
        (Bound("value", "at most", 2.0), True),
        (Bound("value", "at most", 1.9), False),
        (Bound("ratio", "at least", 0.5), True),
        (Bound("ratio", "at most", 0.4), False),
        (Bound("difference", "at most", -2.0), True),
        (Bound("difference", "at most", -2.1), False),
    ],
)
def test_the_median_of_the_rounds_is_held_against_the_bound(bound: Bound, passed: bool) -> None:
    line = Line("speed", "s", bound, ours=(1.0, 2.0, 90.0), baseline=(2.0, 4.0, 180.0))
    assert line.passed is passed


def test_drift_of_the_machine_cancels_in_a_ratio() -> None:
    line = Line("speed", "s", Bound("ratio", "at most", 1.1), (1.0, 2.0, 4.0), (1.0, 2.0, 4.0))
    assert line.figures == (1.0, 1.0, 1.0)


def test_rounds_take_turns_in_who_goes_first() -> None:
    order: list[str] = []
    interleave(lambda: order.append("a") or 1.0, lambda: order.append("b") or 2.0, rounds=2)  # type: ignore[func-returns-value]
    assert order == ["a", "b", "b", "a"]


def test_a_line_that_could_not_be_measured_fails_and_says_why() -> None:
    line = Line("speed", "s", Bound("value", "at most", 1.0), missing="no starter")
    assert not line.passed and row(line)[:3] == ("MISSING", "speed", "no starter")


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100)])
def test_percentiles_are_values_that_were_measured(share: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == expected
