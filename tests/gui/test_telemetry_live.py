"""The Live tab: the sensors of a machine that the test has made up."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.page import Page
from app.pages.telemetry.page import TelemetryPage
from app.pages.telemetry.tracks import Tracks
from models.errors import UserError
from models.hardware.reading import GpuReading, Measured, Reading
from models.hardware.sampler import HISTORY

SILENT = Measured(reason="Not told here.")
CARD = GpuReading("NVIDIA Card", *[Measured(50.0)] * 5, throttle_reasons=("heat",))
LOCKED = Measured(reason="Only an administrator may.")


def reading(place: int, **changes: object) -> Reading:
    """One of a row that ends now, two a second."""
    made = Reading(
        time=time.time() - 60 + place / 2,
        cpu_percent=Measured(float(place % 100)),
        memory_used_bytes=Measured(4e9),
        memory_total_bytes=Measured(16e9),
        own_memory_bytes=Measured(1e8),
        own_cpu_percent=Measured(1.0),
        cpu_temperature_c=SILENT,
        cpu_power_w=LOCKED,
        battery_percent=SILENT,
        gpu_reason="No driver.",
        cores_percent=(10.0, 90.0),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def shown(qtbot: QtBot, context: AppContext, readings: Sequence[Reading]) -> TelemetryPage:
    page = TelemetryPage(context)
    qtbot.addWidget(page)
    page.live.history = lambda: readings
    page.resize(1000, 700)
    page.show()
    if readings:
        qtbot.waitUntil(lambda: page.live.unreadable.isVisible() or len(page.live.charts) > 8)
    return page


def texts(page: Page) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_what_can_be_read_is_drawn_and_what_cannot_is_listed_once_with_its_reason(
    qtbot: QtBot, context: AppContext
) -> None:
    page = shown(qtbot, context, [reading(place) for place in range(20)])
    assert {"cpu", "memory"} == set(page.live.charts)
    told = texts(page)
    assert told.count("No driver.") == 1 and "Graphics load, power, memory" in told
    assert "Only an administrator may." in told


def test_before_the_first_reading_the_page_says_what_it_does(
    qtbot: QtBot, context: AppContext
) -> None:
    page = shown(qtbot, context, [])
    assert page.live.waiting.isVisible() and not page.live.charts


def test_two_equal_cards_are_told_apart(qtbot: QtBot, context: AppContext) -> None:
    page = shown(qtbot, context, [reading(place, gpus=(CARD, CARD)) for place in range(20)])
    assert [s.name for s in page.live.charts["gpu_power"].shown.series] == ["Card 0", "Card 1"]
    assert page.live.graphics_grid.isVisible()


def test_a_sensor_that_vanishes_leaves_a_hole_and_comes_back() -> None:
    tracks, lost = Tracks(), Measured(reason="GPU is lost.")
    gone = replace(CARD, power_w=lost)
    row = [reading(place, gpus=(gone if place in (4, 5) else CARD,)) for place in range(8)]
    tracks.take(row[:6])
    [power] = [panel for panel in tracks.panels if panel.panel.id == "gpu_power"]
    assert power.is_readable and power.reason == "GPU is lost."
    tracks.take(row)
    assert power.series()[0].values == [50.0] * 4 + [None] * 2 + [50.0] * 2 and not power.reason


def test_a_card_that_is_pulled_out_keeps_its_line_and_says_why_it_ended() -> None:
    tracks = Tracks()
    tracks.take([reading(0, gpus=(CARD, CARD)), reading(1, gpus=(CARD,)), reading(2)])
    [load] = [panel for panel in tracks.panels if panel.panel.id == "gpu_load"]
    assert {name: track.values for name, track in load.tracks.items()}["Card 1"] == [
        50.0,
        None,
        None,
    ]
    assert load.tracks["Card 1"].reason == "No driver."


def test_a_clock_that_is_set_back_takes_away_what_would_lie_in_the_future() -> None:
    tracks = Tracks()
    tracks.take([reading(0, time=at) for at in (10.0, 11.0, 12.0, 13.0, 11.5, 12.5)])
    [cpu] = [panel for panel in tracks.panels if panel.panel.id == "cpu"]
    assert cpu.series()[0].times == [10, 11, 11.5, 12.5] == list(tracks.times_since(0))
    rows = tracks.cores()
    assert rows is not None and rows.times == [10, 11, 11.5, 12.5] and len(rows.moments) == 4


def test_ten_minutes_are_kept_and_no_more() -> None:
    tracks, row = Tracks(), [reading(place) for place in range(3000)]
    for end in range(100, 3001, 100):
        tracks.take(row[max(0, end - HISTORY) : end])
    [cpu] = [panel for panel in tracks.panels if panel.panel.id == "cpu"]
    assert HISTORY <= len(cpu.series()[0].times) <= HISTORY + 120
    assert cpu.series()[0].values[-1] == 2999 % 100


def test_one_pointer_serves_all_charts(qtbot: QtBot, context: AppContext) -> None:
    page = shown(qtbot, context, [reading(place) for place in range(100)])
    page.live.charts["cpu"].pointed.emit(20.0)
    assert {chart.shown.age_s for chart in page.live.charts.values()} == {20.0}
    page.live.charts["memory"].pointed.emit(None)
    assert {chart.shown.age_s for chart in page.live.charts.values()} == {None}


@pytest.mark.parametrize(("n_readings", "minutes"), [(100, 1), (130, 5), (700, 10), (1200, 10)])
def test_the_shortest_span_that_holds_all_readings_is_shown(
    qtbot: QtBot, context: AppContext, n_readings: int, minutes: int
) -> None:
    page = shown(qtbot, context, [reading(120 - n_readings + at) for at in range(n_readings)])
    chart = page.live.charts["cpu"]
    qtbot.waitUntil(lambda: chart.shown.end_s - chart.shown.start_s == pytest.approx(60 * minutes))


def test_the_time_that_is_shown_can_be_chosen(qtbot: QtBot, context: AppContext) -> None:
    page = shown(qtbot, context, [reading(place) for place in range(100)])
    chart = page.live.charts["cpu"]
    page.live.span.setCurrentIndex(1)
    page.live.span.activated.emit(1)  # as a click or a key does
    qtbot.waitUntil(lambda: chart.shown.end_s - chart.shown.start_s == pytest.approx(300.0))


def test_nothing_is_drawn_while_the_page_is_hidden_and_all_is_caught_up_after(
    qtbot: QtBot, context: AppContext
) -> None:
    readings = [reading(place) for place in range(20)]
    page = shown(qtbot, context, readings)
    cpu = page.live.charts["cpu"]
    page.hide()
    readings.append(reading(20, cpu_percent=Measured(77.0)))
    page.live.look()
    assert len(cpu.shown.series[0].values) == 20
    page.show()
    qtbot.waitUntil(lambda: cpu.shown.series[0].values[-1] == 77.0)


def test_the_machine_its_battery_and_what_holds_it_back_are_told(
    qtbot: QtBot, context: AppContext
) -> None:
    row = [reading(0, gpus=(CARD,), battery_percent=Measured(81.0), on_battery=True)]
    page = shown(qtbot, context, row)
    qtbot.waitUntil(lambda: "cores" in page.live.summary.machine.text())
    qtbot.waitUntil(lambda: "On battery, 81 %" in texts(page))
    assert "Graphics held back by heat" in texts(page)


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_last_ten_minutes_are_saved(
    qtbot: QtBot, context: AppContext, tmp_path: Path, ending: str
) -> None:
    page = shown(qtbot, context, [reading(place) for place in range(20)])
    path = tmp_path / f"readings.{ending}"
    page.live.save(path)
    qtbot.waitUntil(lambda: path.exists() and not context.jobs.running)
    text = path.read_text()
    if ending == "csv":
        assert len(list(csv.reader(text.splitlines()))) == 21
    else:
        assert json.loads(text)["sensors"]["cpu_power_w"]["reason"] == LOCKED.reason


def test_readings_that_cannot_be_saved_are_told_on_the_page(
    qtbot: QtBot, context: AppContext, tmp_path: Path
) -> None:
    page = shown(qtbot, context, [reading(0)])
    with qtbot.waitSignal(page.live.failed):
        page.live.save(tmp_path / "nowhere" / "readings.csv")
    assert "cannot be written" in texts(page)
    page.live.save(tmp_path / "readings.csv")
    qtbot.waitUntil(lambda: not page.error_bar.isVisible())


def test_a_lab_sheet_can_keep_the_readings(qtbot: QtBot, context: AppContext) -> None:
    page = shown(qtbot, context, [reading(0)])
    [kept] = [part for part in page.artifacts() if part.name == "readings.csv"]
    assert kept.make().startswith("time,")
    page.live.history = tuple
    with pytest.raises(UserError, match="No sensor"):
        kept.make()
