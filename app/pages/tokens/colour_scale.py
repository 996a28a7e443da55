"""The scale of the colours of a heat map, with its ends in words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.pages.tokens.scored_cells import SCALES, Scale
from app.widgets.colour_map import lean_colour
from app.widgets.elided_label import ElidedLabel
from app.widgets.fonts import text_font
from app.widgets.painted import PaintedWidget
from app.widgets.token_paint import magnitude_colour

_STEP_PX, _HIGHEST_PX = 3, 10


class ColourScale(QWidget):
    """The meaning as words, and behind it the scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self.bar = ElidedLabel("", "secondary"), ScaleBar(self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.bar)

    def show_scale(self, scale: Scale) -> None:
        self.words.show_text(scale.meaning)
        self.bar.show_scale(scale)


class ScaleBar(PaintedWidget):
    """Bars as high and coloured as those below tokens; hollow ones lean below 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = SCALES["surprise"]
        self.setAccessibleName("Scale of the colours")

    def show_scale(self, scale: Scale) -> None:
        self._scale = scale
        self.setAccessibleDescription(f"From {scale.low} to {scale.high}: {scale.meaning}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._tokens.px(190), self._tokens.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(text_font(self._tokens, 11))
        painter.setPen(QColor(self._tokens.text_secondary))
        advance = painter.fontMetrics().horizontalAdvance
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), centre, self._scale.low)
        painter.drawText(self.rect(), centre | Qt.AlignmentFlag.AlignRight, self._scale.high)
        left = advance(self._scale.low) + 8
        right = self.width() - advance(self._scale.high) - 8
        for x in range(left, right - _STEP_PX, _STEP_PX):
            self._paint_step(painter, x, (x - left) / max(1, right - left - _STEP_PX))

    def _paint_step(self, painter: QPainter, x: int, share: float) -> None:
        lean = 2 * share - 1 if self._scale.middle else share
        height = 2 + abs(lean) * (_HIGHEST_PX - 2)
        box = QRectF(x, self.height() / 2 + _HIGHEST_PX / 2 - height, _STEP_PX, height)
        if not self._scale.middle:
            painter.fillRect(box, magnitude_colour(share, self._tokens))
            return
        grey, dark = self._tokens.text_disabled, self._tokens.dark
        colour = lean_colour(lean, grey, dark=dark)
        if lean >= 0:
            painter.fillRect(box, colour)
            return
        painter.setPen(QPen(colour, 1))
        painter.drawLine(box.topLeft(), box.topRight())
        painter.drawLine(box.bottomLeft(), box.bottomRight())
