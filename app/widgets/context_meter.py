"""How much of the context a message would fill, before it is sent."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.fonts import text_font
from app.widgets.painted import PaintedWidget
from app.widgets.tokens import Tokens

BAR_PX = 64


class ContextMeter(PaintedWidget):
    """A bar and words: "412 of 2,048 tokens"; empty until something was counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used, self._limit, self._note = 0, 0, ""
        self._warns = False
        self.setAccessibleName("Context meter")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        if self._note:
            return self._note
        return f"{self._used:,} of {self._limit:,} tokens" if self._limit else ""

    def show_fill(
        self, used: int, limit: int, note: str = "", tip: str = "", *, warns: bool = False
    ) -> None:
        """`note` replaces the numbers; it `warns` when something will not be sent."""
        self._used, self._limit, self._note, self._warns = used, limit, note, warns
        self.setToolTip(tip or "Tokens that the next message would send, of those that fit")
        self.setAccessibleDescription(self.words)
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        self.show_fill(0, 0)

    def setTokens(self, tokens: Tokens) -> None:
        self.setFont(text_font(tokens, 12))
        super().setTokens(tokens)

    def sizeHint(self) -> QSize:
        bar_px = BAR_PX + 8 if self._limit else 0
        width = bar_px + 2 + self.fontMetrics().horizontalAdvance(self.words)
        return QSize(width if self.words else 0, self._tokens.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.words:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, self.height() / 2 - 2, BAR_PX, 4)
        if self._limit:
            self._paint_bar(painter, groove)
        painter.setPen(QColor(self._tokens.warning if self._warns else self._tokens.text_secondary))
        words = self.rect().adjusted(BAR_PX + 8 if self._limit else 0, 0, 0, 0)
        shown = self.fontMetrics().elidedText(
            self.words, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_bar(self, painter: QPainter, groove: QRectF) -> None:
        painter.setBrush(QColor(self._tokens.hover))
        painter.drawRoundedRect(groove, 2, 2)
        share = min(1.0, self._used / self._limit)
        painter.setBrush(QColor(self._colour(share)))
        groove.setWidth(max(3.0, BAR_PX * share))
        painter.drawRoundedRect(groove, 2, 2)

    def _colour(self, share: float) -> str:
        if share >= 1.0 or self._warns:
            return self._tokens.warning
        return self._tokens.accent
