"""The bytes of a block as they lie in the file, coloured by what they hold."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.fonts import mono_font, text_font
from app.widgets.painted import PaintedWidget
from labs.quantization.one_block import field_words
from models.quantize.block_codes import Explained

CELL_PX, ROW_PX, LEGEND_PX, SWATCH_PX = 24, 22, 20, 10
PLACES = {"scale": 4, "minimum": 3, "scales": 1, "high": 2, "codes": 0}  # in `categories`


class BlockBytes(PaintedWidget):
    """Frames the bytes that hold the marked weight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explained: Explained | None = None
        self._marked = 0
        self.setAccessibleName("Bytes of the block")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_block(self, explained: Explained) -> None:
        self._explained = explained
        self.setAccessibleDescription(explained.data.hex(" "))
        self.updateGeometry()
        self.update()

    def mark(self, weight: int) -> None:
        self._marked = weight
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._explained is None:
            return 0
        rows = -(-len(self._explained.data) // self._per_row(width))
        return self._tokens.px(ROW_PX) * rows + self._legend_height(width)

    def sizeHint(self) -> QSize:
        width = self.width() or self._tokens.px(400)
        return QSize(self._tokens.px(300), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tokens.px(8 * CELL_PX), self._tokens.px(ROW_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # other rows: the size hint was of the width before

    def byte_rect(self, at: int) -> QRectF:
        row, column = divmod(at, self._per_row(self.width()))
        cell, line = self._tokens.px(CELL_PX), self._tokens.px(ROW_PX)
        return QRectF(column * cell, row * line, cell, line)

    # ---- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._explained is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(mono_font(self._tokens, 12))
        for at, value in enumerate(self._explained.data):
            self._paint_byte(painter, at, value)
        self._paint_mark(painter)
        self._paint_legend(painter)
        painter.end()

    def _paint_byte(self, painter: QPainter, at: int, value: int) -> None:
        assert self._explained is not None
        kind = next(f.kind for f in self._explained.layout.fields if f.start <= at < f.end)
        rect = self.byte_rect(at)
        painter.fillRect(rect.adjusted(1, 1, -1, -1), self._colour(kind, 0.34 if self._tokens.dark
                                                                   else 0.22))  # fmt: skip
        painter.setPen(QColor(self._tokens.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{value:02x}")

    def _paint_mark(self, painter: QPainter) -> None:
        assert self._explained is not None
        painter.setPen(QPen(QColor(self._tokens.text), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for bits in self._explained.codes[self._marked].bits:
            painter.drawRect(self.byte_rect(bits.byte).adjusted(1, 1, -1, -1))

    def _paint_legend(self, painter: QPainter) -> None:
        painter.setFont(text_font(self._tokens, 12))
        top = self.height() - self._legend_height(self.width()) + self._tokens.px(6)
        for kind, text, place in self._legend(self.width()):
            swatch = self._tokens.px(SWATCH_PX)
            corner = place + QPointF(0, top)
            painter.fillRect(QRectF(corner, corner + QPointF(swatch, swatch)),
                             self._colour(kind, 0.9))  # fmt: skip
            painter.setPen(QColor(self._tokens.text_secondary))
            painter.drawText(corner + QPointF(swatch + self._tokens.px(5), swatch), text)

    def _legend(self, width: int) -> list[tuple[str, str, QPointF]]:
        """Each field once, in as many lines as it takes."""
        assert self._explained is not None
        metrics = QFontMetricsF(text_font(self._tokens, 12))
        found: list[tuple[str, str, QPointF]] = []
        x = y = 0.0
        for field in self._explained.layout.fields:
            text = field_words(field, self._explained.layout)
            wide = metrics.horizontalAdvance(text) + self._tokens.px(SWATCH_PX + 20)
            if x and x + wide > width:
                x, y = 0.0, y + self._tokens.px(LEGEND_PX)
            found.append((field.kind, text, QPointF(x, y)))
            x += wide
        return found

    def _legend_height(self, width: int) -> int:
        if self._explained is None:
            return 0
        return round(self._legend(width)[-1][2].y()) + self._tokens.px(LEGEND_PX + 6)

    def _per_row(self, width: int) -> int:
        fitting = max(1, width // max(1, self._tokens.px(CELL_PX)))
        return next((count for count in (32, 16, 8) if count <= fitting), fitting)

    def _colour(self, kind: str, strength: float) -> QColor:
        made = QColor(self._tokens.categories[PLACES[kind]])
        made.setAlphaF(strength)
        return made
