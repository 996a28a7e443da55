"""A chart over time that is drawn anew whenever a reading arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.painted import PaintedWidget
from app.widgets.time_chart.drawing_turns import DrawingTurns
from app.widgets.time_chart.painting import ChartPainter, regions
from app.widgets.time_chart.row_strip import rows_height
from app.widgets.time_chart.saving import ChartMenu
from app.widgets.time_chart.series import Band, Rows, Series, extent_of
from app.widgets.time_chart.shown import Shown
from app.widgets.time_chart.units import Unit
from app.widgets.tokens import Tokens

WIDTH_PX, HEIGHT_PX, LEAST_WIDTH_PX = 360, 168, 260
KEY_STEPS = 60  # an arrow key moves the pointer by this part of the window


class TimeChart(PaintedWidget):
    """`pointed` tells how many seconds before the end of the window the pointer stands, or None;
    whoever links charts hands it to `point_at` of all of them, this one too. `copied` and `failed`
    (a UserError) come from the menu.

    What stays while the pointer moves is a picture that is drawn anew in one of `turns`, which
    charts beside each other share; until then the one before stands.
    """

    pointed = Signal(object)
    copied = Signal()
    failed = Signal(object)

    def __init__(
        self, title: str, unit: Unit, parent: QWidget | None = None,
        turns: DrawingTurns | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.shown = Shown(title, unit)
        self._turns = turns or DrawingTurns(self)
        self._picture = QPixmap()
        self.is_stale = True
        self.setAccessibleName(title)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_series(
        self,
        series: Sequence[Series],
        bands: Sequence[Band] = (),
        *,
        start_s: float,
        end_s: float,
        rows: Rows | None = None,
        is_live: bool = True,
        unit: Unit | None = None,
        note: str = "",
    ) -> None:
        """Show a window of time, in seconds since the epoch; `is_live` where it ends now. `bands`
        come in the order they begin, `rows` stand below the curves, `note` beside the values."""
        tall = self.sizeHint().height()
        self.shown = replace(
            self.shown, series=tuple(series), bands=tuple(bands), rows=rows, start_s=start_s,
            end_s=max(end_s, start_s + 1e-3), is_live=is_live, unit=unit or self.shown.unit,
            note=note, extent=extent_of(series, start_s, end_s),
        )  # fmt: skip
        if self.sizeHint().height() != tall:
            self.updateGeometry()
        self._draw_anew()

    def setTokens(self, tokens: Tokens) -> None:
        super().setTokens(tokens)
        self._draw_anew()

    def point_at(self, age_s: float | None) -> None:
        """Mark a moment and tell its values instead of the last ones."""
        if age_s != self.shown.age_s:
            self.shown = replace(self.shown, age_s=age_s)
            if self.hasFocus():
                self.setAccessibleDescription(self.shown.sentence)
            self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.setAccessibleDescription(self.shown.sentence)
        return super().event(event)

    def sizeHint(self) -> QSize:
        rows = rows_height(self._tokens, self.shown.rows)
        return QSize(self._tokens.px(WIDTH_PX), self._tokens.px(HEIGHT_PX) + round(rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tokens.px(LEAST_WIDTH_PX), self.sizeHint().height())

    def draw(self, painter: QPainter) -> None:
        """The chart at the size of the widget, without the ground."""
        ChartPainter(painter, self._tokens, self.shown, self._area()).paint()

    @property
    def ground(self) -> QColor:
        """The colour behind a picture of the chart."""
        return QColor(self._tokens.window)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_anew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.is_stale or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._turns.ask(self._draw_picture)  # it was out of view, or is on another screen
        painter = QPainter(self)
        if not self._picture.isNull():
            painter.drawPixmap(self.rect(), self._picture)
        ChartPainter(painter, self._tokens, self.shown, self._area()).paint_words()
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    # ---- pointing ------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        plot, _ = regions(self._tokens, self.shown, self._area())
        share = (event.position().x() - plot.left()) / max(plot.width(), 1)
        self.pointed.emit((1 - share) * self._span_s if -0.02 <= share <= 1.02 else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys move the pointer, Esc takes it away."""
        step = self._span_s / KEY_STEPS
        age_s = self.shown.age_s
        if event.key() == Qt.Key.Key_Left:
            self.pointed.emit(min((age_s or 0.0) + step, self._span_s))
        elif event.key() == Qt.Key.Key_Right:
            self.pointed.emit(max((age_s or 0.0) - step, 0.0))
        elif event.key() == Qt.Key.Key_Escape and age_s is not None:
            self.pointed.emit(None)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        ChartMenu(self).popup(event.globalPos())

    # ---- drawing -------------------------------------------------------------------------------

    def _draw_anew(self) -> None:
        self.is_stale = True
        if not self.visibleRegion().isEmpty():
            self._turns.ask(self._draw_picture)

    def _draw_picture(self) -> None:
        """Nothing while nobody can see it: it is asked for again when somebody can."""
        if self.visibleRegion().isEmpty():
            return
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap(self.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._picture)
        ChartPainter(painter, self._tokens, self.shown, self._area()).paint_marks()
        painter.end()
        self.is_stale = False
        self.setAccessibleDescription(self.shown.sentence)
        self.update()

    @property
    def _span_s(self) -> float:
        return self.shown.end_s - self.shown.start_s

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(4, 2, -4, -2)
