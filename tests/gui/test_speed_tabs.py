"""Benchmark and Speed limit: run, stop, keep, open again, and the limit of a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTableView,
)
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.telemetry.benchmark_form import threads_hint
from app.pages.telemetry.benchmark_list import name_text, when_text
from app.pages.telemetry.benchmark_result import MEAN, RANGE
from app.pages.telemetry.benchmark_tab import STOPPED, BenchmarkTab
from app.pages.telemetry.capacity_table import FILE
from app.pages.telemetry.limit_tab import LimitTab
from app.pages.telemetry.page import TelemetryPage
from app.pages.telemetry.places import BENCHMARK, LIMIT
from app.widgets.bin_window import BinWindow
from labs.benchmark.kept import Kept, keep
from labs.benchmark.memory_speeds import keep_bandwidth
from labs.benchmark.results import Measured
from labs.kept_files import to_bin
from models.errors import UserError
from models.hardware.bandwidth import Bandwidth, ThreadReading
from models.hardware.machine import processor_name
from tests.engine.tiny_kinds import llama
from tests.labs.benchmark.conftest import benchmark_of, timed


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[TelemetryPage]:
    context.current_model.choose("sim:echo")
    made = TelemetryPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    yield made
    assert context.jobs.close()


def benchmark(page: TelemetryPage, qtbot: QtBot) -> BenchmarkTab:
    page.open_target(BENCHMARK)
    qtbot.waitUntil(lambda: page.benchmark.tab is not None)
    return page.benchmark.tab


def limit(page: TelemetryPage, qtbot: QtBot) -> LimitTab:
    page.open_target(LIMIT)
    qtbot.waitUntil(lambda: page.limit.tab is not None)
    return page.limit.tab


def text_of(page: TelemetryPage) -> str:
    return next(a for a in page.artifacts() if a.name == "benchmark_results.json").make()


def test_a_benchmark_is_run_shown_kept_and_opened_again(page: TelemetryPage, qtbot: QtBot) -> None:
    with pytest.raises(UserError, match="Open the tab first"):
        text_of(page)
    tab = benchmark(page, qtbot)
    tab.form.repetitions.setValue(1)
    tab.form.n_written.setValue(4)
    with qtbot.waitSignal(tab.measured):
        tab.form.start.click()
    assert [line.what for line in tab.result.rows.rows] == [
        "As chatted: writes", "First token, new text",
        "First token, known text",
    ]  # fmt: skip
    document = json.loads(text_of(page))
    assert document["tables"][0][0].startswith("sim:echo") and "Median" in document["tables"][0][1]
    told = document["benchmarks"][0]
    assert told["model"]["name"] == "sim:echo" and "no weights to read" in told["bare_reason"]
    qtbot.waitUntil(lambda: len(tab.list.rows.rows) == 1)
    tab.result.show_benchmarks(())
    tab.list.open_button.click()
    qtbot.waitUntil(lambda: len(tab.result.benchmarks) == 1)


def test_the_mean_leaves_a_table_before_the_range_and_both_before_a_name_is_cut(
    page: TelemetryPage, qtbot: QtBot
) -> None:
    result = benchmark(page, qtbot).result
    result.show_benchmarks((benchmark_of(timed("write", (50, 60))),))
    for width, hidden in ((640, [True, True]), (790, [True, False]), (1200, [False, False])):
        page.resize(width, 700)
        qtbot.waitUntil(
            lambda h=hidden: [result.table.isColumnHidden(c) for c in (MEAN, RANGE)] == h
        )


@pytest.mark.parametrize(("threads", "hint"), [(1, "1"), (2, "1, 2"), (12, "1, 2, 4, 8")])
def test_no_number_of_threads_is_suggested_that_would_be_refused(threads: int, hint: str) -> None:
    assert threads_hint(threads) == f"as loaded, or {hint}"


def test_a_date_has_its_year_where_that_is_another() -> None:
    now = datetime.now().astimezone().replace(month=3, day=4, hour=5, minute=6)
    for moment, told in ((now, "04 Mar, 05:06 (partial)"),
                         (now.replace(year=2020), "04 Mar 2020, 05:06 (partial)")):  # fmt: skip
        made = benchmark_of(started_at=moment.isoformat(), is_partial=True)
        assert when_text(Kept(Path("a.json"), made)) == told


@pytest.mark.parametrize(("problem", "told"), [
    ("This benchmark is damaged: a great deal of it.", "a.json: This benchmark is damaged"),
    ("a.json cannot be read: nobody may.", "a.json cannot be read"),
])  # fmt: skip
def test_a_row_that_cannot_be_read_says_so_in_few_words(problem: str, told: str) -> None:
    assert name_text(Kept(Path("a.json"), problem=problem)) == told


def test_another_model_is_one_that_is_not_there_yet(
    page: TelemetryPage, tiny: str, qtbot: QtBot
) -> None:
    choices = benchmark(page, qtbot).form.models
    choices.set_names(("sim:echo",))
    choices.add.click()
    assert choices.names == ("sim:echo", tiny)
    choices.add.click()  # there is no other: its list opens, and nothing is chosen yet
    assert choices.names == ("sim:echo", tiny)


def test_single_readings_are_told_in_order_when_asked_for_and_always_exported(
    page: TelemetryPage, qtbot: QtBot
) -> None:
    result = benchmark(page, qtbot).result
    result.show_benchmarks((benchmark_of(timed("write", (60, 50), busy=1)),))
    assert not result.every.isVisible()
    result.every_button.click()
    assert result.every.isVisible() and result.every.text().endswith("60.0 (busy), 50.0 tokens/s")
    assert "60.0 (busy), 50.0 tokens/s" in result.table.as_csv()
    result.every_button.click()
    assert not result.every.isVisible()


def test_a_stop_before_the_first_reading_shows_nothing(
    page: TelemetryPage, context: AppContext, qtbot: QtBot
) -> None:
    tab = benchmark(page, qtbot)
    context.notices.attach_window()
    with qtbot.waitSignal(context.notices.shown) as notice:
        tab.form.start.click()
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Space)  # on Stop, which begins there
    assert notice.args[0].text == STOPPED
    qtbot.waitUntil(tab.form.start.hasFocus)
    with pytest.raises(UserError, match="No benchmark is shown"):
        text_of(page)
    assert tab.form.start.isVisible()


@pytest.mark.parametrize(("words", "sentence"), [
    ("1, x", "is no list of numbers"), ("1, 2", "takes no threads"),
])  # fmt: skip
def test_what_cannot_be_swept_is_said_above_the_page(
    page: TelemetryPage, qtbot: QtBot, words: str, sentence: str
) -> None:
    tab = benchmark(page, qtbot)
    tab.form.threads.setText(words)
    with qtbot.waitSignal(tab.failed) as failed:
        tab.form.start.click()
    assert sentence in failed.args[0].message


def test_kept_ones_stand_side_by_side_and_come_back_out_of_the_bin(
    page: TelemetryPage, context: AppContext, qtbot: QtBot
) -> None:
    folder = context.services.paths.benchmarks
    for speed in (50.0, 80.0):
        keep(folder, benchmark_of(timed("write", (speed, speed + 1))))
    tab = benchmark(page, qtbot)
    qtbot.waitUntil(lambda: len(tab.list.rows.rows) == 2)
    tab.list.table.selectAll()
    tab.list.open_button.click()
    qtbot.waitUntil(lambda: len(tab.result.rows.rows) == 2)
    assert tab.result.title.text() == "2 benchmarks of tiny"
    assert [line.name for line in tab.result.rows.rows] == ["21:00:00 (1)", "21:00:00 (2)"]
    assert not tab.result.table.isColumnHidden(0)
    context.notices.attach_window()
    with qtbot.waitSignal(context.notices.shown) as notice:
        tab.list.bin_button.click()
    qtbot.waitUntil(lambda: not tab.list.rows.rows)
    notice.args[0].run()
    qtbot.waitUntil(lambda: len(tab.list.rows.rows) == 2)


def test_the_bin_can_be_looked_into_and_emptied(
    page: TelemetryPage, context: AppContext, qtbot: QtBot
) -> None:
    folder = context.services.paths.benchmarks
    for speed in (50.0, 80.0):
        to_bin(keep(folder, benchmark_of(timed("write", (speed, speed + 1)))))
    tab = benchmark(page, qtbot)
    qtbot.waitUntil(lambda: tab.list.to_bin.text() == "In the bin (2)")
    tab.list.to_bin.click()
    window = page.window().findChild(BinWindow)
    qtbot.waitUntil(lambda: window.list.count() == 2)
    window.restore.click()
    qtbot.waitUntil(lambda: len(tab.list.rows.rows) == 1 and window.list.count() == 1)
    window.empty.click()
    window.empty.click()
    qtbot.waitUntil(lambda: window.list.count() == 0 and not tab.list.to_bin.isVisible())
    with qtbot.waitSignal(window.destroyed):
        window.close_button.click()


# ---- speed limit ----


@pytest.fixture
def tiny(context: AppContext, tmp_path: Path) -> str:
    (entry,) = context.services.library.add(llama(tmp_path / "tiny-F32.gguf"))
    context.current_model.choose(entry.model)
    return entry.model


def measured(context: AppContext) -> None:
    found = Bandwidth((ThreadReading(1, (30e9, 31e9)), ThreadReading(2, (34e9, 35e9))), 1 << 30)
    keep_bandwidth(context.services.paths.benchmarks, found, processor_name())


def open_limit(page: TelemetryPage, context: AppContext, model: str, qtbot: QtBot) -> LimitTab:
    context.current_model.choose(model)
    tab = limit(page, qtbot)
    qtbot.waitUntil(lambda: tab.shown is not None)
    return tab


def test_a_limit_needs_a_memory_speed_and_a_makers_figure_says_so(
    page: TelemetryPage, context: AppContext, tiny: str, qtbot: QtBot
) -> None:
    tab = open_limit(page, context, tiny, qtbot)
    assert tab.shown.chart is None and tab.remark.isVisible()
    with pytest.raises(UserError, match="no estimate yet"):
        tab.as_document()
    tab.memory.source.setCurrentIndex(tab.memory.source.findText("Apple M1 Pro: 200 GB/s"))
    qtbot.waitUntil(lambda: tab.shown.chart is not None)
    assert "from the maker, not measured" in tab.shown.chart.note
    assert "not this machine's own" in tab.shown.told[-1]


def test_dots_stand_below_the_line_and_the_estimate_can_be_kept(
    page: TelemetryPage, context: AppContext, tiny: str, qtbot: QtBot
) -> None:
    measured(context)
    made = benchmark_of(timed("write", (50.0, 60.0, 70.0)), model=Measured("t", tiny, "gguf"))
    keep(context.services.paths.benchmarks, made)
    tab = open_limit(page, context, tiny, qtbot)
    qtbot.waitUntil(lambda: tab.shown.chart is not None)
    (series,) = tab.shown.chart.series
    assert [(point.x, point.value) for point in series.points] == [(64, 60)]
    told = json.loads(tab.as_document())
    assert told["memory_speed"]["is_measured"] and told["memory_speed"]["bytes_per_s"] == 34.5e9
    assert told["memory_speed"]["middle_half_bytes_per_s"] == [34.25e9, 34.75e9]
    assert tab.free.text().startswith("Free now: ")
    assert [row["n_ctx"] for row in told["estimates"]] == [512, 2048, 8192, 32768]
    assert told["measured"][0]["share"] == pytest.approx(60 / series.line[0][1], rel=0.1)


def test_a_table_of_one_file_gives_the_room_of_its_name_to_the_numbers(
    page: TelemetryPage, context: AppContext, tiny: str, tmp_path: Path, qtbot: QtBot
) -> None:
    tab = open_limit(page, context, tiny, qtbot)
    assert tab.table.isColumnHidden(FILE)
    page.resize(876, 700)  # a window of 1280 with a lab sheet
    qtbot.waitUntil(lambda: not tab.table.horizontalScrollBar().maximum())
    (other,) = context.services.library.add(llama(tmp_path / "other-F32.gguf"))
    tab.files.add_model(other.model)
    qtbot.waitUntil(lambda: not tab.table.isColumnHidden(FILE))


def test_a_model_of_a_server_has_no_limit(
    page: TelemetryPage, context: AppContext, tiny: str, qtbot: QtBot
) -> None:
    tab = open_limit(page, context, tiny, qtbot)
    with qtbot.waitSignal(tab.failed) as failed:
        tab.files.set_names(("sim:echo",))
    assert "no weights on this machine" in failed.args[0].message


def test_measuring_the_memory_can_be_stopped(
    page: TelemetryPage, context: AppContext, qtbot: QtBot
) -> None:
    card = limit(page, qtbot).memory
    card.measure.click()
    with qtbot.waitSignal(card.job.ended):
        card.stop()
    assert card.measure.isVisible() and card.speed is None


def test_every_control_has_a_name(page: TelemetryPage, qtbot: QtBot) -> None:
    """The tabs come late, after the test over all pages has looked."""
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)
    for tab in (benchmark(page, qtbot), limit(page, qtbot)):
        controls = [
            each for kind in kinds for each in tab.findChildren(kind)
            if not isinstance(each.parent(), QAbstractSpinBox | QComboBox | QTableView)
        ]  # fmt: skip
        assert len(controls) > 5
        named = [each.accessibleName() or getattr(each, "text", str)() for each in controls]
        assert all(named), named
