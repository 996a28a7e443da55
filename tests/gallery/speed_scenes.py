"""The tabs Benchmark and Speed limit: before anything, measured, and while it runs."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QScrollArea, QWidget

from app.pages.telemetry.benchmark_tab import BenchmarkTab
from app.pages.telemetry.limit_tab import LimitTab
from app.pages.telemetry.page import TelemetryPage
from app.pages.telemetry.places import BENCHMARK, LIMIT
from labs.benchmark.kept import keep
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage
from tests.labs.benchmark.conftest import benchmark_of, timed

T = TypeVar("T", bound=QWidget)


def _page(stage: Stage, target: str) -> TelemetryPage:
    stage.window.open("telemetry", target)
    [page] = stage.window.findChildren(TelemetryPage)
    stage.settle()
    return page


def _empty(stage: Stage) -> None:
    _benchmark(stage)


def _limited_not(stage: Stage) -> None:
    """Before the memory is measured."""
    _limit(stage)


def _benchmark(stage: Stage) -> BenchmarkTab:
    page = _page(stage, BENCHMARK)
    stage.until(lambda: page.benchmark.tab is not None)
    stage.settle()
    assert page.benchmark.tab is not None
    return page.benchmark.tab


def _limit(stage: Stage) -> LimitTab:
    page = _page(stage, LIMIT)
    stage.until(lambda: page.limit.tab is not None and page.limit.tab.shown is not None)
    stage.settle()
    assert page.limit.tab is not None
    return page.limit.tab


def _start(stage: Stage) -> BenchmarkTab:
    tab = _benchmark(stage)
    tab.form.n_read.setValue(128)
    tab.form.n_written.setValue(32)
    tab.form.repetitions.setValue(3)
    tab.form.start.click()
    return tab


def _measured(stage: Stage) -> None:
    tab = _start(stage)
    stage.until(lambda: not tab.is_busy)
    stage.settle()


def _running(stage: Stage) -> None:
    tab = _benchmark(stage)
    tab.form.repetitions.setValue(100)
    tab.form.n_read.setValue(64)
    tab.form.start.click()
    stage.until(lambda: len(tab.result.benchmarks) > 0)


def _failed(stage: Stage) -> None:
    tab = _benchmark(stage)
    tab.form.start.click()
    stage.until(lambda: not tab.is_busy)
    stage.settle()


def _measuring(stage: Stage) -> None:
    """It takes ten seconds, and the pictures fewer."""
    tab = _limit(stage)
    tab.memory.measure.click()
    stage.until(lambda: not tab.memory.task.isHidden())


def _side_by_side(stage: Stage) -> None:
    """Two of one model, one of them on a busy machine."""
    folder = stage.window.context.services.paths.benchmarks
    quiet = benchmark_of(timed("read", (361, 338, 359, 373, 371)),
                         timed("write", (118, 117, 121)), written=(88, 90, 71))  # fmt: skip
    busy = benchmark_of(timed("read", (193, 254, 180, 177, 184), busy=5),
                        timed("write", (46.7, 55.1, 64.2, 65.9, 84.3), busy=3),
                        started_at="2026-11-25T21:07:00+01:00")  # fmt: skip
    for each in (quiet, busy):
        keep(folder, each)
    tab = _benchmark(stage)
    stage.until(lambda: len(tab.list.rows.rows) >= 2)
    rows = [n for n, row in enumerate(tab.list.rows.rows) if row.benchmark.model.name == "tiny"]
    tab.open_kept([tab.list.rows.rows[n].path for n in rows])
    stage.until(lambda: len(tab.result.benchmarks) == 2)
    tab.result.every_button.click()
    stage.settle()


def _limited(stage: Stage) -> None:
    """The memory is measured, a benchmark was made, and something was said."""
    _measured(stage)
    stage.say("Count from one to fifty.")
    tab = _limit(stage)
    tab.memory.measure.click()
    job = tab.memory.job
    stage.until(lambda: job is not None and not job.is_running)
    stage.settle()


def _down(stage: Stage, kind: type[T]) -> None:
    """To what stands below the first screen."""
    [tab] = stage.window.findChildren(kind)
    [area] = [each for each in tab.findChildren(QScrollArea) if each.parent() is tab]
    stage.pause(400)  # the chart is drawn for the new width
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum() * 55 // 100)


def _up(stage: Stage, kind: type[BenchmarkTab]) -> None:
    """To the table of results."""
    [tab] = stage.window.findChildren(kind)
    [area] = [each for each in tab.findChildren(QScrollArea) if each.parent() is tab]
    stage.pause(400)
    area.verticalScrollBar().setValue(tab.result.y() - tab.form.y())


SCENES = (
    Scene("telemetry", "benchmark", "", _empty),
    Scene("telemetry", "benchmark running", "", _running),
    Scene("telemetry", "benchmark failed", "sim:broken", _failed),
    Scene("telemetry", "speed limit measuring", "", _measuring),
    Scene("telemetry", "benchmark measured", "", _measured,
          lambda stage: _down(stage, BenchmarkTab)),
    Scene("telemetry", "benchmark side by side", "", _side_by_side,
          lambda stage: _up(stage, BenchmarkTab)),
    Scene("telemetry", "speed limit", "", _limited_not),
    Scene("telemetry", "speed limit measured", "", _limited,
          lambda stage: _down(stage, LimitTab)),
)  # fmt: skip
