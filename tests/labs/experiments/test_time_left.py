"""The time left counts all models of a run, and says what it takes for granted."""

from __future__ import annotations

from pathlib import Path

import pytest

from labs.experiments.running.runner import TrialsDone
from labs.experiments.running.time_left import Pace, time_left
from tests.labs.experiments.running import Lab
from tests.long_work import watch


@pytest.mark.parametrize(
    ("paces", "seconds", "condition"),
    [
        ([Pace("a", 10, 2.0)], 20, ""),
        ([Pace("a", 10, 2.0), Pace("b", 5, 1.0)], 25, ""),
        ([Pace("a", 10, 2.0), Pace("b", 100, None)], 220, "if b is as fast"),
        ([Pace("a", 0, 2.0), Pace("b", 1, 4.0), Pace("c", 10, None)], 34, "if c is as fast"),
        ([Pace("a", 1, 1.0), *(Pace(n, 2, None) for n in "bc")], 5, "if the 2 models to come"),
        ([Pace("a", 1, 1.0), Pace("b", 0, None)], 1, ""),
    ],
)
def test_what_has_not_begun_counts_at_the_speed_of_the_others(
    paces: list[Pace], seconds: float, condition: str
) -> None:
    left = time_left(paces)
    assert left is not None and left.seconds == seconds
    assert left.condition.startswith(condition) and bool(left.condition) == bool(condition)


def test_without_a_speed_there_is_no_time() -> None:
    assert time_left([Pace("a", 10, None)]) is None


def test_a_run_tells_the_time_of_all_its_models(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:able?accuracy=0.7", "sim:able?accuracy=0.8", items=6)
    with lab.working():
        seen, _ = watch(lab.run(made).work())
    done = [event for event in seen if isinstance(event, TrialsDone)]
    assert [event.done for event in done] == list(range(1, len(done) + 1))
    assert {event.total for event in done} == {len(done)}
    assert done[-1].time_left_s == 0 and not done[-1].condition
    first_told = next(event for event in done if event.time_left_s is not None)
    assert first_told.condition == "if sim:able?accuracy=0.8 is as fast"
