"""Charts of benchmarks and limits: what their rows are called, and that they can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from labs.benchmark.charts import limit_chart, readings_chart
from labs.benchmark.limit import limit_of
from labs.benchmark.results import Measured
from labs.benchmark.traffic import Traffic
from labs.experiments.charts import Chart
from labs.experiments.figures import draw
from labs.experiments.figures.chart_csv import chart_csv
from tests.labs.benchmark.conftest import benchmark_of, timed

SWEEP = benchmark_of(timed("write", (50, 60, 70), busy=1), timed("write", (80, 80), threads=2),
                     timed("read", (600,)), written=(30, 32))  # fmt: skip
OTHER = benchmark_of(timed("write", (90, 91)), model=Measured("=other $1", "/o.gguf", "gguf"))


def readings() -> Chart:
    found = readings_chart([SWEEP, OTHER], "write")
    assert found is not None
    return found


def limit() -> Chart:
    one = limit_of(Traffic("tiny", 10**9), 1e11, 4096, [SWEEP], [], "/tiny.gguf")
    return limit_chart([one, limit_of(Traffic("$x", 10**8), 1e11, 4096)], "34 GB/s", "It fits.")


both = pytest.mark.parametrize("made", [readings, limit])


def test_rows_are_named_by_what_differs() -> None:
    alone = readings_chart([SWEEP], "write")
    assert alone is not None
    assert [row.title for row in alone.rows] == ["1 thread", "2 threads", "as chatted"]
    assert alone.rows[0].marked == (True, False, False)
    assert alone.finding.endswith("80.0 tokens a second, 2 threads.")
    together = readings_chart([SWEEP, OTHER], "write")
    assert together is not None and together.rows[2].title == "=other $1, 1 thread"


def test_what_was_not_measured_has_no_chart() -> None:
    assert readings_chart([OTHER], "read") is None


@both
@pytest.mark.parametrize("width_in", [3.6, 7.0])
def test_it_is_drawn_the_same_twice_and_says_what_it_shows(
    made: Callable[[], Chart], width_in: float
) -> None:
    drawn = [draw(made(), width_in=width_in, dark=True) for _ in range(2)]
    assert drawn[0] == drawn[1]
    title = ElementTree.fromstring(drawn[0]).find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text == made().finding


def test_a_spreadsheet_gets_every_reading_and_the_line() -> None:
    lines = chart_csv(readings()).splitlines()
    assert lines[1] == '"tiny, 1 thread",50,1' and lines[-1].startswith('"tiny, as chatted",32')
    told = chart_csv(limit())
    assert "tiny,limit,0.0,100" in told and "tiny,benchmark,64,80" in told
