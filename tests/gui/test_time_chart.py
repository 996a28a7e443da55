"""The chart over time: its words, its lines, its bands, its pointer, and what it saves."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.widgets.time_chart import Band, DrawingTurns, Rows, Series, TimeChart, Unit
from app.widgets.time_chart.saving import ChartMenu, save
from app.widgets.time_chart.stroke import stroke
from models.errors import UserError

TIMES = [float(second) for second in range(60)]
PERCENT = Unit("%", top=100)


def chart(
    qtbot: QtBot, *series: Series, bands: tuple[Band, ...] = (), rows: Rows | None = None
) -> TimeChart:
    """One minute that ended at second 60."""
    made = TimeChart("Processor", PERCENT)
    qtbot.addWidget(made)
    made.resize(400, 240)
    made.show_series(series, bands, start_s=0.0, end_s=59.0, rows=rows)
    made.show()
    return made


def ramp(name: str = "load") -> Series:
    return Series(name, TIMES, TIMES)


@pytest.mark.parametrize(
    ("unit", "value", "said", "marked"),
    [
        (PERCENT, 34.4, "34 %", "34 %"),
        (Unit("W"), 7.46, "7.5 W", "7.5 W"),
        (Unit("B"), 25.3e9, "25.3 GB", "25.3 GB"),
        (Unit("B/s"), 5e8, "500.0 MB/s", "500 MB/s"),
        (Unit("MHz"), 2596.0, "2.60 GHz", "2.6 GHz"),
        (Unit("°C"), 0.0, "0 °C", "0"),
        (Unit(""), 5000.0, "5,000", "5,000"),
    ],
)
def test_numbers_in_words(unit: Unit, value: float, said: str, marked: str) -> None:
    assert (unit.said(value), unit.marked(value)) == (said, marked)


@pytest.mark.parametrize(
    ("unit", "largest", "top"),
    [
        (PERCENT, 3, 100),
        (Unit("W", least_top=10), 2, 10),
        (Unit("W"), 37, 50),
        (Unit("W"), 200, 200),
    ],
)
def test_the_axis_ends_at_a_round_number(unit: Unit, largest: float, top: float) -> None:
    assert unit.top_for(largest) == top


def test_a_line_breaks_where_a_value_is_missing_and_where_time_is() -> None:
    times = [0.0, 1.0, 2.0, 3.0, 4.0, 30.0, 31.0]
    values = [5.0, 6.0, None, 7.0, 8.0, 9.0, 1.0]
    pieces = list(Series("load", times, values).pieces(0, 31, 0.5))
    assert [[span.mean for span in piece] for piece in pieces] == [[5, 6], [7, 8], [9, 1]]


def test_values_that_share_a_step_keep_their_extremes() -> None:
    [piece] = Series("load", [10.0, 10.5, 11.0, 11.5], [1.0, 9.0, 2.0, 4.0]).pieces(10, 12, 1.0)
    assert [(s.low, s.mean, s.high) for s in piece] == [(1.0, 5.0, 9.0), (2.0, 3.0, 4.0)]


def test_the_pattern_of_a_second_line_hides_no_value() -> None:
    """Few values far apart: the pattern is cut along the line, not from value to value."""
    image = QImage(400, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    line = [QPointF(x, 90.0 if x % 80 else 10.0) for x in range(0, 400, 40)]
    stroke(painter, line, QColor("black"), place=2)
    painter.end()
    for place in range(0, 350, 10):
        column = range(image.height())
        near = [image.pixelColor(place + step, y).lightness() for y in column for step in range(6)]
        assert min(near) < 200


def test_a_screen_reader_hears_now_and_the_range(qtbot: QtBot) -> None:
    made = chart(qtbot, ramp())
    qtbot.waitUntil(lambda: bool(made.accessibleDescription()))
    assert made.accessibleName() == "Processor"
    assert made.accessibleDescription() == "Processor: 59 % now, between 0 % and 59 % within 59 s."


def test_a_value_that_is_gone_is_told(qtbot: QtBot) -> None:
    gone = Series("load", TIMES, [*TIMES[:50], *[None] * 10], "The sensor failed.")
    made = chart(qtbot, gone)
    assert "not readable now, between 0 % and 49 %" in made.shown.sentence


def test_the_mouse_points_at_a_moment_and_leaves_it(qtbot: QtBot) -> None:
    made, pointed = chart(qtbot, ramp()), []
    made.pointed.connect(pointed.append)
    QTest.mouseMove(made, QPoint(made.width() - 10, 100))
    made.point_at(pointed[-1])
    assert pointed[-1] == pytest.approx(0.0, abs=2.0)
    made.leaveEvent(_leave())
    assert pointed[-1] is None


def _leave() -> object:
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


def test_what_stays_is_not_drawn_again_while_the_pointer_moves(qtbot: QtBot) -> None:
    made = chart(qtbot, ramp())
    before = _picture(qtbot, made)
    made.point_at(39.0)
    assert not made.is_stale and made.grab().toImage() != before
    made.hide()
    made.show_series([ramp()], start_s=0.0, end_s=50.0)
    made.grab()  # asks for a turn, in which nobody sees it
    qtbot.wait(20)
    assert made.is_stale


def test_charts_that_share_turns_are_drawn_one_a_turn(qtbot: QtBot) -> None:
    turns, drawn, seen = DrawingTurns(owner := QObject()), list[int](), {0}
    marks = [lambda n=n: drawn.append(n) for n in range(3)]
    for mark in (*marks, marks[0]):
        turns.ask(mark)
    while len(drawn) < 3:
        QCoreApplication.processEvents()
        seen.add(len(drawn))
    assert drawn == [0, 1, 2] and seen == {0, 1, 2, 3}
    owner.deleteLater()


def test_arrow_keys_point_and_esc_lets_go(qtbot: QtBot) -> None:
    made = chart(qtbot, ramp())
    made.pointed.connect(made.point_at)
    qtbot.keyClick(made, Qt.Key.Key_Left)
    qtbot.keyClick(made, Qt.Key.Key_Left)
    qtbot.keyClick(made, Qt.Key.Key_Right)
    assert made.shown.age_s == pytest.approx(59 / 60)
    qtbot.keyClick(made, Qt.Key.Key_Escape)
    assert made.shown.age_s is None


def test_pointing_tells_the_values_of_that_moment(qtbot: QtBot) -> None:
    made = chart(qtbot, ramp(), Series("other", TIMES, [10.0] * 60))
    made.point_at(39.0)
    assert [made.shown.told(one) for one in made.shown.series] == ["20 %", "10 %"]
    assert made.shown.range_words.endswith("20")


def _picture(qtbot: QtBot, made: TimeChart) -> QImage:
    qtbot.waitUntil(lambda: not made.is_stale)
    return made.grab().toImage()


def test_bands_tint_what_lies_behind_the_curve(qtbot: QtBot) -> None:
    bands = (Band(10, 20, "prompt", "Ask"), Band(20, 40, "generation", "Ask"))
    plain, banded = (_picture(qtbot, chart(qtbot, ramp(), bands=b)) for b in ((), bands))
    place = QPoint(230, 100)  # at second 30, above the line
    assert banded.pixelColor(place) != plain.pixelColor(place)
    assert banded.pixelColor(QPoint(390, 80)) == plain.pixelColor(QPoint(390, 80))


def test_the_band_under_the_pointer_is_named(qtbot: QtBot) -> None:
    made = chart(qtbot, ramp(), bands=(Band(10, 20, "prompt", "Ask"),))
    made.point_at(44.0)
    found = made.shown.band_at_moment()
    assert found is not None and found.label == "Ask"


def test_rows_of_cores_are_drawn_below_and_make_the_chart_taller(qtbot: QtBot) -> None:
    rows = Rows("4 cores", TIMES, [bytes([0, 50, 100, 100])] * 60)
    without, with_rows = chart(qtbot, ramp()), chart(qtbot, ramp(), rows=rows)
    assert with_rows.sizeHint().height() > without.sizeHint().height()
    image, left = _picture(qtbot, with_rows), 200
    bottom = with_rows.height() - 24
    colours = {image.pixelColor(left, bottom - place).name() for place in range(0, 28, 7)}
    assert len(colours) == 3


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_a_chart_is_saved(qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"chart.{kind}"
    save(chart(qtbot, ramp()), path)
    if kind == "png":
        assert QImage(str(path)).width() == 800
    elif kind == "svg":
        assert b"<svg" in path.read_bytes() and "Processor" in path.read_text()
    else:
        rows = list(csv.reader(path.read_text().splitlines()))
        assert rows[0][2] == "load [%]" and len(rows) == 61 and rows[5][2] == "4"


def test_a_chart_that_cannot_be_saved_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    made, errors = chart(qtbot, ramp()), list[UserError]()
    made.failed.connect(errors.append)
    save(made, tmp_path / "nowhere" / "chart.csv")
    assert "cannot be written" in str(errors[0])


def test_a_chart_is_copied(qtbot: QtBot) -> None:
    menu = ChartMenu(made := chart(qtbot, ramp()))
    with qtbot.waitSignal(made.copied):
        menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().image().width() == 800
