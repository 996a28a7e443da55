"""Several benchmarks beside each other: told apart, like beside like, and nothing said twice."""

from __future__ import annotations

import pytest

from labs.benchmark.charts import readings_chart
from labs.benchmark.results import Measured
from labs.benchmark.side_by_side import lines_together, names_of, notes_together
from tests.labs.benchmark.conftest import benchmark_of, timed


def at(moment: str, name: str = "tiny", speed: float = 50.0, **more):
    tests = (timed("read", (speed * 10, speed * 11)), timed("write", (speed, speed + 1)))
    model = Measured(name, f"/{name}.gguf", "gguf")
    return benchmark_of(*tests, model=model, started_at=f"2026-11-{moment}+01:00", **more)


QUIET, BUSY = at("25T21:00:10"), at("25T21:07:20", speed=20.0)


@pytest.mark.parametrize(("moments", "names"), [
    (("25T21:00:10", "25T21:07:20"), ("21:00", "21:07")),
    (("25T21:00:10", "25T21:00:20"), ("21:00:10", "21:00:20")),
    (("25T21:00:10", "26T21:00:10"), ("25 Nov, 21:00", "26 Nov, 21:00")),
    (("25T21:00:10", "25T21:00:10"), ("21:00:10 (1)", "21:00:10 (2)")),
])  # fmt: skip
def test_two_of_one_model_are_told_apart_by_their_time(moments: tuple, names: tuple) -> None:
    assert names_of([at(moment) for moment in moments]) == names


def test_two_models_go_by_their_names_and_twins_among_them_by_both() -> None:
    other = at("25T22:00:00", "other")
    assert names_of([QUIET, other]) == ("tiny", "other")
    assert names_of([QUIET, BUSY, other]) == ("tiny, 21:00", "tiny, 21:07", "other")


def test_what_is_compared_stands_next_to_each_other() -> None:
    lines = lines_together([QUIET, BUSY])
    assert [(line.name, line.what.split()[0]) for line in lines] == [
        ("21:00", "Reads"), ("21:07", "Reads"), ("21:00", "Writes"), ("21:07", "Writes"),
    ]  # fmt: skip
    assert [line.name for line in lines_together([QUIET])] == ["tiny", "tiny"]


def test_what_holds_for_all_is_said_once_and_the_rest_by_name() -> None:
    gone = benchmark_of(model=Measured("x", "/x", "gguf"), is_partial=True, problem="It is gone.")
    assert notes_together([gone, QUIET])[0] == ("x", "Not measured: It is gone.")
    assert [name for name, _ in notes_together([gone, QUIET])] == ["x", ""]
    told = notes_together([QUIET, at("25T21:07:20", is_partial=True)])
    assert [name for name, note in told if note.startswith("Random tokens")] == [""]
    assert [name for name, note in told if note.startswith("Partial")] == ["21:07"]


def test_rows_of_a_chart_are_told_apart_in_the_same_way() -> None:
    chart = readings_chart([QUIET, BUSY], "write")
    assert chart is not None and [row.title for row in chart.rows] == ["21:00", "21:07"]
