"""A bar of parts with its legend: what a sum is made of, and how much room there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.fonts import text_font
from app.widgets.painted import PaintedWidget

_BAR_PX, _ROW_PX, _GAP_PX, _SWATCH_PX = 14, 22, 10, 10


@dataclass(frozen=True)
class Segment:
    """`amount` decides the length; `text` and `note` stand in the legend. A `neutral` one is grey:
    it is the absence of something."""

    name: str
    amount: float
    text: str
    note: str = ""
    neutral: bool = False


class StackedBar(PaintedWidget):
    """Segments side by side over a legend. `limit` is where the room ends, in the same unit."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._segments: tuple[Segment, ...] = ()
        self._limit: float | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_segments(
        self, segments: Sequence[Segment], limit: float | None = None, sentence: str = ""
    ) -> None:
        """`sentence` tells a screen reader what the bar shows."""
        self._segments, self._limit = tuple(segments), limit
        told = ", ".join(f"{s.name} {s.text}" for s in self._segments)
        self.setAccessibleDescription(sentence or told)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._tokens.px
        return QSize(px(220), px(_BAR_PX + _GAP_PX) + px(_ROW_PX) * len(self._segments))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        self._paint_legend(painter)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        tokens, height = self._tokens, self._tokens.px(_BAR_PX)
        whole = QRectF(0, 0, self.width(), height)
        clip = QPainterPath()
        clip.addRoundedRect(whole, 4, 4)
        total = sum(segment.amount for segment in self._segments)
        scale = self.width() / (max(total, self._limit or 0) or 1)
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(whole, QColor(tokens.sunken))
        left = 0.0
        for place, segment in enumerate(self._segments):
            width = segment.amount * scale
            painter.fillRect(QRectF(left, 0, width, height), self._colour(place))
            left += width
        painter.restore()
        if self._limit is not None and self._limit < total:
            painter.setPen(QPen(QColor(tokens.danger), 2))
            end = self._limit * scale
            painter.drawLine(QPointF(end, 0), QPointF(end, height))

    def _paint_legend(self, painter: QPainter) -> None:
        tokens = self._tokens
        top, row = tokens.px(_BAR_PX + _GAP_PX), tokens.px(_ROW_PX)
        swatch = tokens.px(_SWATCH_PX)
        painter.setFont(text_font(tokens, 12))
        metrics, gap = painter.fontMetrics(), tokens.px(12)
        widest = metrics.horizontalAdvance
        name_width = max((widest(s.name) for s in self._segments), default=0) + gap
        amount_width = max((widest(s.text) for s in self._segments), default=0) + 2
        for place, segment in enumerate(self._segments):
            line = QRectF(0, top + place * row, self.width(), row)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour(place))
            painter.drawRoundedRect(QRectF(0, line.center().y() - swatch / 2, swatch, swatch), 2, 2)
            left = swatch + tokens.px(8)
            self._text(painter, QRectF(left, line.top(), name_width, row), segment.name)
            amount = QRectF(left + name_width, line.top(), amount_width, row)
            self._text(painter, amount, segment.text, right=True)
            start = amount.right() + gap
            note = QRectF(start, line.top(), self.width() - start, row)
            self._text(painter, note, segment.note, colour=tokens.text_secondary)

    def _text(
        self, painter: QPainter, area: QRectF, text: str, *, right: bool = False, colour: str = ""
    ) -> None:
        painter.setFont(text_font(self._tokens, 12))
        painter.setPen(QColor(colour or self._tokens.text))
        elided = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(area.width())
        )
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, elided)

    def _colour(self, place: int) -> QColor:
        if self._segments[place].neutral:
            return QColor(self._tokens.border)
        return QColor(self._tokens.categories[place % len(self._tokens.categories)])
