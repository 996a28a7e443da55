"""How much a token holds, merge by merge: one line for the text learned from, one for another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from app.widgets.fonts import text_font
from app.widgets.painted import PaintedWidget

_HEIGHT_PX, _LEAST_PX, _LEFT_PX, _FOOT_PX, _HEAD_PX = 120, 104, 34, 20, 24
_ROOM_PX = 90  # for labels at every half byte
_PENS = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)


@dataclass(frozen=True)
class Line:
    """`values[k]` are bytes a token after k merges."""

    name: str
    values: Sequence[float]


class TrainCurve(PaintedWidget):
    """A press or a drag chooses the merge below the pointer; the slider beside it is for keys."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self._top = 2.0
        self._at = 0
        self.setAccessibleName("Bytes a token against merges")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_lines(self, lines: Sequence[Line]) -> None:
        self._lines = tuple(lines)
        # Every text begins with one byte a token.
        self._top = max(2.0, *(max(line.values) for line in lines))
        self.update()

    def show_at(self, n_merges: int, words: str) -> None:
        """`words` say the same for who does not see it."""
        self._at = n_merges
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._tokens.px(280), self._tokens.px(_HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tokens.px(200), self._tokens.px(_LEAST_PX))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose(event.position().x())

    def _choose(self, x: float) -> None:
        if self._last:
            plot = self._plot
            share = (x - plot.left()) / max(1.0, plot.width())
            self.chosen.emit(round(min(1.0, max(0.0, share)) * self._last))

    @property
    def _last(self) -> int:
        return max((len(line.values) for line in self._lines), default=1) - 1

    @property
    def _plot(self) -> QRectF:
        px = self._tokens.px
        left, head, foot = px(_LEFT_PX), px(_HEAD_PX), px(_FOOT_PX)
        return QRectF(left, head, self.width() - left - 8, self.height() - head - foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._lines:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(self._tokens, 11))
        self._paint_grid(painter)
        for place, line in enumerate(self._lines):
            self._paint_line(painter, line, place)
        self._paint_legend(painter)

    def _point(self, k: int, value: float) -> QPointF:
        plot, top = self._plot, self._top
        x = plot.left() + plot.width() * k / max(1, self._last)
        return QPointF(x, plot.bottom() - plot.height() * (value - 1) / (top - 1))

    def _points(self, values: Sequence[float]) -> list[QPointF]:
        """One for every pixel at most: thousands would be seen no better and felt."""
        step = max(1, round(len(values) / max(1.0, self._plot.width())))
        places = [*range(0, len(values) - 1, step), len(values) - 1]
        return [self._point(k, values[k]) for k in places]

    def _paint_grid(self, painter: QPainter) -> None:
        tokens, plot = self._tokens, self._plot
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in ticks(self._top, plot.height() > tokens.px(_ROOM_PX)):
            y = self._point(0, value).y()
            painter.setPen(QPen(QColor(tokens.hairline), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(tokens.text_secondary))
            painter.drawText(QRectF(0, y - 10, plot.left() - 6, 20), right, f"{value:g}")
        foot = QRectF(plot.left(), plot.bottom() + 2, plot.width(), self.height() - plot.bottom())
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, "merges")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, f"{self._last:,}")
        x = self._point(self._at, 1).x()
        painter.setPen(QPen(QColor(tokens.text_secondary), 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_line(self, painter: QPainter, line: Line, place: int) -> None:
        colour = QColor(self._tokens.categories[place])
        painter.setPen(QPen(colour, 2, _PENS[place]))
        painter.drawPolyline(QPolygonF(self._points(line.values)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if self._at < len(line.values):
            painter.drawEllipse(self._point(self._at, line.values[self._at]), 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_legend(self, painter: QPainter) -> None:
        tokens, metrics = self._tokens, painter.fontMetrics()
        x, y = self._plot.left(), tokens.px(_HEAD_PX) / 2 - 2
        for place, line in enumerate(self._lines):
            painter.setPen(QPen(QColor(tokens.categories[place]), 2, _PENS[place]))
            painter.drawLine(QPointF(x, y), QPointF(x + 18, y))
            painter.setPen(QColor(tokens.text))
            text = f"{line.name}, bytes a token" if not place else line.name
            painter.drawText(QPointF(x + 24, y + metrics.ascent() / 2 - 1), text)
            x += 24 + metrics.horizontalAdvance(text) + 20


def ticks(top: float, has_room: bool) -> list[float]:
    """From 1 in equal steps that are easily read, five at most, or three where there is no room."""
    most = 5 if has_room else 3
    step = next(each for each in steps() if (top - 1) / each < most)
    return [1 + step * n for n in range(int((top - 1) / step) + 1)]


def steps() -> Iterator[float]:
    """0.5, 1, 2, 5, 10, 20, 50 …"""
    yield 0.5
    for size in count():
        yield from (each * 10.0**size for each in (1, 2, 5))
