"""A few last values as a line, painted by hand so that no plotting library is needed."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.widgets.painted import PaintedWidget

POINTS = 32


class Sparkline(PaintedWidget):
    """Values from 0 to 1, the newest at the right; the line ends in a dot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: deque[float] = deque(maxlen=POINTS)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def add(self, value: float) -> None:
        self._values.append(min(max(value, 0.0), 1.0))
        self.update()

    def clear(self) -> None:
        self._values.clear()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._tokens.px(40), self._tokens.px(14))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 2, -3, -2)
        painter.setPen(QPen(QColor(self._tokens.hairline), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        points = self._points(area)
        if points:
            self._paint_line(painter, points, area)

    def _points(self, area: QRectF) -> list[QPointF]:
        step = area.width() / (POINTS - 1)
        first = POINTS - len(self._values)
        return [
            QPointF(area.left() + (first + index) * step, area.bottom() - value * area.height())
            for index, value in enumerate(self._values)
        ]

    def _paint_line(self, painter: QPainter, points: list[QPointF], area: QRectF) -> None:
        colour = QColor(self._tokens.accent_text)
        line = QPainterPath(points[0])
        for point in points[1:]:
            line.lineTo(point)
        filled = QPainterPath(line)
        filled.lineTo(points[-1].x(), area.bottom())
        filled.lineTo(points[0].x(), area.bottom())
        shade = QColor(colour)
        shade.setAlphaF(0.15)
        painter.fillPath(filled, shade)
        painter.setPen(QPen(colour, 1.25))
        painter.drawPath(line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(points[-1], 1.8, 1.8)
