"""Tokens with their probabilities as bars: as the model has them, and as samplers leave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.fonts import mono_font, text_font
from app.widgets.painted import PaintedWidget
from app.widgets.token_popup import percent
from app.widgets.tokens import Tokens

_ROW_PX, _TEXT_PX, _PERCENT_PX, _GAP_PX, _LEAST_PX = 26, 160, 58, 8, 200
_TEXT_SHARE = 0.36  # of the width, at most


@dataclass(frozen=True)
class BarRow:
    """`after` is None where there is nothing to compare with. `value` goes with a choice; a row
    without one cannot be chosen. A `marked` row is the one that is spoken of."""

    text: str
    before: float
    after: float | None = None
    value: int | None = None
    marked: bool = False


class ProbabilityBars(PaintedWidget):
    """With `can_choose`, a click or Enter on a row chooses it; arrow keys move."""

    chosen = Signal(object)  # the value of the row; may exceed 32 bits

    def __init__(
        self, name: str, parent: QWidget | None = None, *, can_choose: bool = False
    ) -> None:
        super().__init__(parent)
        self._rows: tuple[BarRow, ...] = ()
        self._can_choose = can_choose
        self._below = -1  # the row below the pointer
        self._fonts = mono_font(self._tokens, 12.5), text_font(self._tokens, 12)
        self._cursor = 0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if can_choose:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setMouseTracking(True)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def setTokens(self, tokens: Tokens) -> None:
        self._fonts = mono_font(tokens, 12.5), text_font(tokens, 12)
        super().setTokens(tokens)

    @property
    def rows(self) -> tuple[BarRow, ...]:
        return self._rows

    def show_rows(self, rows: Sequence[BarRow]) -> None:
        has_other_height = len(rows) != len(self._rows)
        self._rows = tuple(rows)
        self._cursor = min(self._cursor, max(0, len(rows) - 1))
        self._describe()
        if has_other_height:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._tokens.px(_LEAST_PX), len(self._rows) * self._row_px)

    @property
    def _row_px(self) -> int:
        return self._tokens.px(_ROW_PX)

    # ---- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = event.rect().top() // self._row_px
        last = min(len(self._rows) - 1, event.rect().bottom() // self._row_px)
        for place in range(first, last + 1):
            self._paint_row(painter, place)

    def _paint_row(self, painter: QPainter, place: int) -> None:
        row, px = self._rows[place], self._tokens.px
        area = QRectF(0, place * self._row_px, self.width(), self._row_px)
        self._paint_ground(painter, place, area)
        inner = area.adjusted(px(6), 0, -px(6), 0)
        gone = row.after == 0
        painter.setFont(self._fonts[0])
        painter.setPen(QColor(self._tokens.text_secondary if gone else self._tokens.text))
        width = min(px(_TEXT_PX), inner.width() * _TEXT_SHARE)
        text = QRectF(inner.left(), inner.top(), width, inner.height())
        elided = painter.fontMetrics().elidedText(
            row.text, Qt.TextElideMode.ElideRight, int(text.width())
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, elided)
        n_columns = 1 if row.after is None else 2
        bars_end = inner.right() - n_columns * px(_PERCENT_PX)
        bars = QRectF(text.right() + px(_GAP_PX), inner.top(), 0, inner.height())
        bars.setRight(max(bars.left() + 4, bars_end - px(_GAP_PX)))
        self._paint_bars(painter, row, bars)
        self._paint_percents(painter, row, QRectF(bars_end, inner.top(), 0, inner.height()))

    def _paint_ground(self, painter: QPainter, place: int, area: QRectF) -> None:
        can = self._can_choose and self._rows[place].value is not None
        if self._rows[place].marked or (can and place == self._below):
            painter.setPen(Qt.PenStyle.NoPen)
            marked = self._rows[place].marked
            painter.setBrush(QColor(self._tokens.accent_soft if marked else self._tokens.hover))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 4, 4)
        if self.hasFocus() and place == self._cursor:
            painter.setPen(QPen(QColor(self._tokens.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)

    def _paint_bars(self, painter: QPainter, row: BarRow, area: QRectF) -> None:
        """Before in grey above, after in colour below; one alone is as high as both."""
        px, tokens = self._tokens.px, self._tokens
        painter.setPen(Qt.PenStyle.NoPen)
        if row.after is None:
            box = QRectF(area.left(), area.center().y() - px(5), area.width(), px(10))
            self._bar(
                painter, box, row.before, tokens.accent if row.marked else tokens.text_disabled
            )
            return
        height = px(6)
        top = QRectF(area.left(), area.center().y() - height - 1, area.width(), height)
        low = QRectF(area.left(), area.center().y() + 1, area.width(), height)
        self._bar(painter, top, row.before, tokens.text_disabled)
        self._bar(painter, low, row.after, tokens.accent)

    def _bar(self, painter: QPainter, box: QRectF, share: float, colour: str) -> None:
        painter.setBrush(QColor(self._tokens.sunken))
        painter.drawRoundedRect(box, 2, 2)
        if share > 0:
            painter.setBrush(QColor(colour))
            width = max(2.0, box.width() * min(1.0, share))
            painter.drawRoundedRect(QRectF(box.left(), box.top(), width, box.height()), 2, 2)

    def _paint_percents(self, painter: QPainter, row: BarRow, area: QRectF) -> None:
        px = self._tokens.px
        painter.setFont(self._fonts[1])
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        shares = [(row.before, self._tokens.text_secondary)]
        if row.after is None:
            shares = [(row.before, self._tokens.text)]
        else:
            shares.append((row.after, self._tokens.text))
        for place, (share, colour) in enumerate(shares):
            painter.setPen(QColor(colour))
            left = area.left() + place * px(_PERCENT_PX)
            box = QRectF(left, area.top(), px(_PERCENT_PX), area.height())
            painter.drawText(box, right, percent(share) if share else "–")

    # ---- pointer and keyboard --------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(int(event.position().y()) // self._row_px)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(-1)

    def _point_at(self, place: int) -> None:
        if place != self._below:
            self._below = place
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(int(event.position().y()) // self._row_px)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down if self._can_choose and self._rows:
                step = -1 if event.key() == Qt.Key.Key_Up else 1
                self._cursor = min(len(self._rows) - 1, max(0, self._cursor + step))
                self._describe()
                self.update()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if self._can_choose:
                self._choose(self._cursor)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._describe()

    def _choose(self, place: int) -> None:
        if not self._can_choose or not 0 <= place < len(self._rows):
            return
        self._cursor = place
        if (value := self._rows[place].value) is not None:
            self.chosen.emit(value)

    def _describe(self) -> None:
        if not self._rows:
            self.setAccessibleDescription("No tokens")
            return
        told = self._rows[: 1 if self.hasFocus() else 5]
        if self.hasFocus():
            told = (self._rows[self._cursor],)
        self.setAccessibleDescription(", ".join(_spoken(row) for row in told))


def _spoken(row: BarRow) -> str:
    after = "" if row.after is None else f", then {percent(row.after)}"
    return f"{row.text} {percent(row.before)}{after}"
