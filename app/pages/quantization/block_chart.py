"""32 weights as bars, the values that the type can express as lines behind them, and below the
error of each on a scale of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.fonts import mono_font, text_font
from app.widgets.painted import PaintedWidget
from labs.quantization.one_block import number
from models.quantize.block_layout import SHOWN
from models.quantize.blocks import Coded

LEFT_PX, HEAD_PX, CODES_PX, GAP_PX = 64, 18, 18, 20
BARS_SHARE = 0.7  # of the height; the rest shows errors
MOST_LINES = 32  # more levels than these would be a grey field
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class BlockChart(PaintedWidget):
    """`pointed` carries the weight below the pointer, or that the arrow keys have reached."""

    pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self._coded: Coded | None = None
        self._marked = 0
        self.setAccessibleName("The 32 weights of the block")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_block(self, values: tuple[float, ...], coded: Coded, sentence: str) -> None:
        self._values, self._coded = values, coded
        self.setAccessibleDescription(sentence)
        self.update()

    def mark(self, weight: int) -> None:
        self._marked = weight
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._tokens.px(360), self._tokens.px(300))

    def slot_rect(self, weight: int) -> QRectF:
        """The column of a weight, from top to bottom."""
        left = self._tokens.px(LEFT_PX)
        width = (self.width() - left) / SHOWN
        return QRectF(left + weight * width, 0, width, self.height())

    # ---- pointing --------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().x() - self._tokens.px(LEFT_PX)
        width = (self.width() - self._tokens.px(LEFT_PX)) / SHOWN
        if place >= 0 and width > 0:
            self.pointed.emit(min(SHOWN - 1, int(place / width)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.pointed.emit(min(SHOWN - 1, max(0, self._marked + step)))

    # ---- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._coded is None:
            return
        px = self._tokens.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self.height() - px(2 * HEAD_PX + CODES_PX + GAP_PX)
        bars = QRectF(px(LEFT_PX), px(HEAD_PX), self.width() - px(LEFT_PX), BARS_SHARE * whole)
        below = bars.bottom() + px(CODES_PX + GAP_PX + HEAD_PX)
        errors = QRectF(bars.left(), below, bars.width(), self.height() - below)
        self._paint_mark(painter)
        self._paint_heads(painter, bars, errors)
        self._paint_bars(painter, bars, self._coded)
        self._paint_codes(painter, bars, self._coded)
        self._paint_errors(painter, errors, self._coded)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_mark(self, painter: QPainter) -> None:
        painter.fillRect(self.slot_rect(self._marked), QColor(self._tokens.accent_soft))

    def _paint_heads(self, painter: QPainter, bars: QRectF, errors: QRectF) -> None:
        """The legend stands in the heads: each word has the colour of what it names."""
        painter.setFont(text_font(self._tokens, 12))
        line = self._tokens.px(HEAD_PX)
        x = bars.left()
        for text, colour in self._legend():
            painter.setPen(QColor(colour))
            painter.drawText(QPointF(x, line - self._tokens.px(6)), text)
            x += painter.fontMetrics().horizontalAdvance(text) + self._tokens.px(14)
        painter.setPen(QColor(self._tokens.text_secondary))
        painter.drawText(
            QPointF(errors.left(), errors.top() - self._tokens.px(6)),
            "Error of each weight, on a scale of its own",
        )

    def _legend(self) -> list[tuple[str, str]]:
        told = [("▮ weight", self._bar()), ("▬ what comes back", self._back())]
        if self._has_lines():
            told.append(("― what the codes can say", self._tokens.text_secondary))
        return told

    def _paint_bars(self, painter: QPainter, area: QRectF, coded: Coded) -> None:
        low, high = self._range(coded)
        scale = area.height() / (high - low)

        def y(value: float) -> float:
            return area.bottom() - (value - low) * scale

        self._paint_lines(painter, area, coded, y)
        painter.setPen(QPen(QColor(self._tokens.border), 1))
        painter.drawLine(QPointF(area.left(), y(0)), QPointF(area.right(), y(0)))
        for weight, (value, back) in enumerate(zip(self._values, coded.decoded, strict=True)):
            slot = self.slot_rect(weight)
            inner = slot.adjusted(0.2 * slot.width(), 0, -0.2 * slot.width(), 0)
            bar = QRectF(QPointF(inner.left(), y(value)), QPointF(inner.right(), y(0)))
            painter.fillRect(bar.normalized(), QColor(self._bar()))
            painter.setPen(QPen(QColor(self._back()), self._tokens.px(2)))
            painter.drawLine(QPointF(slot.left() + 1, y(back)), QPointF(slot.right() - 1, y(back)))
        self._paint_ends(painter, area, high, low, y(0))

    def _paint_lines(
        self, painter: QPainter, area: QRectF, coded: Coded, y: Callable[[float], float]
    ) -> None:
        """Every value that a code can stand for, over the weights that share a scale."""
        if not self._has_lines():
            return
        painter.setPen(QPen(QColor(self._tokens.hairline), 1))
        for part in coded.explained.parts:
            left, right = self.slot_rect(part.start).left(), self.slot_rect(part.end - 1).right()
            for level in coded.explained.levels(part):
                if area.top() <= y(level) <= area.bottom():
                    painter.drawLine(QPointF(left, y(level)), QPointF(right, y(level)))

    def _paint_ends(
        self, painter: QPainter, area: QRectF, high: float, low: float, zero: float
    ) -> None:
        ends = [(area.top(), high), (area.bottom(), low)]
        line = self._tokens.px(14)
        if all(abs(zero - place) > line for place, _ in ends):
            ends.append((zero, 0.0))
        self._paint_axis(painter, ends)

    def _paint_axis(self, painter: QPainter, ends: list[tuple[float, float]]) -> None:
        painter.setFont(mono_font(self._tokens, 11))
        painter.setPen(QColor(self._tokens.text_secondary))
        line, left = self._tokens.px(14), self._tokens.px(LEFT_PX - 6)
        for place, value in ends:
            painter.drawText(QRectF(0, place - line / 2, left, line),
                             Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                             number(value))  # fmt: skip

    def _paint_codes(self, painter: QPainter, area: QRectF, coded: Coded) -> None:
        """The codes below their bars, as far as they have room."""
        painter.setFont(mono_font(self._tokens, 10))
        codes = [str(code.stored) for code in coded.explained.codes]
        room = self.slot_rect(0).width()
        widest = max(painter.fontMetrics().horizontalAdvance(text) for text in codes)
        painter.setPen(QColor(self._tokens.text_secondary))
        line = QRectF(0, area.bottom() + 4, self._tokens.px(LEFT_PX - 6), self._tokens.px(CODES_PX))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, "code")
        for weight, text in enumerate(codes):
            if widest < room or weight == self._marked:
                slot = self.slot_rect(weight)
                wide = slot.adjusted(-widest, 0, widest, 0)
                painter.drawText(QRectF(wide.left(), line.top(), wide.width(), line.height()),
                                 Qt.AlignmentFlag.AlignHCenter | middle, text)  # fmt: skip

    def _paint_errors(self, painter: QPainter, area: QRectF, coded: Coded) -> None:
        errors = [back - value for value, back in zip(self._values, coded.decoded, strict=True)]
        most = max(map(abs, errors)) or 1.0
        middle = area.center().y()
        painter.setPen(QPen(QColor(self._tokens.border), 1))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        for weight, error in enumerate(errors):
            slot = self.slot_rect(weight)
            inner = slot.adjusted(0.25 * slot.width(), 0, -0.25 * slot.width(), 0)
            end = middle - error / most * (area.height() / 2 - 4)
            bar = QRectF(QPointF(inner.left(), end), QPointF(inner.right(), middle))
            painter.fillRect(bar.normalized(), QColor(self._back()))
        if any(errors):
            self._paint_axis(painter, [(area.top() + 4, most), (area.bottom() - 4, -most)])

    def _range(self, coded: Coded) -> tuple[float, float]:
        seen = [0.0, *self._values, *coded.decoded]
        low, high = min(seen), max(seen)
        return (low, high) if high > low else (-1.0, 1.0)

    def _has_lines(self) -> bool:
        return self._coded is not None and len(self._coded.layout.levels) <= MOST_LINES

    def _bar(self) -> str:
        return self._tokens.categories[5 if self._tokens.dark else 0]

    def _back(self) -> str:
        return self._tokens.categories[1 if self._tokens.dark else 4]
