"""How a reply was made: every name and value of its record, selectable."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLength,
    QTextTableFormat,
)
from PySide6.QtWidgets import QWidget

from app.widgets.message_view.message_body import MessageBody
from app.widgets.message_view.text_style import TextStyle
from app.widgets.tokens import RADIUS_CARD
from labs.chat.conversation import Provenance
from labs.chat.record_lines import BUILD_FLAGS, record_lines

PAD_PX = 10
UNFOLD_HREF = "unfold:"


class DetailsPanel(QWidget):
    """A small table of names and values on a card; the flags of the build show on demand."""

    height_changed = Signal()

    def __init__(self, style: TextStyle, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._shown: Provenance | None = None
        self._shows_flags = False
        self._text = MessageBody(style, self)
        self._text.setAccessibleName("How this reply was made")
        self._text.anchorClicked.connect(self._unfold)
        self.setAccessibleName("How this reply was made")

    def set_style(self, style: TextStyle) -> None:
        self._style = style
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_provenance(shown)

    def show_provenance(self, provenance: Provenance) -> None:
        if provenance == self._shown:
            return
        self._shown = provenance
        rows = record_lines(provenance)
        document = self._text.markdown
        document.clear()
        shape = QTextTableFormat()
        shape.setBorder(0)
        shape.setCellPadding(1)
        percent = QTextLength.Type.PercentageLength
        shape.setColumnWidthConstraints([QTextLength(percent, 24), QTextLength(percent, 76)])
        shape.setWidth(QTextLength(percent, 100))
        table = QTextCursor(document).insertTable(len(rows), 2, shape)
        for number, (name, value) in enumerate(rows):
            left, right = table.cellAt(number, 0), table.cellAt(number, 1)
            left.firstCursorPosition().insertText(name, self._format(quiet=True))
            if name == BUILD_FLAGS and not self._shows_flags:
                right.firstCursorPosition().insertText("Show", self._link())
            else:
                right.firstCursorPosition().insertText(value, self._format(quiet=False))

    def height_for(self, width: int) -> int:
        inner = width - 2 * PAD_PX
        height = self._text.text_height(inner)
        self._text.setGeometry(PAD_PX, PAD_PX, inner, height)
        return height + 2 * PAD_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._style.code_background))
        painter.drawRoundedRect(self.rect(), RADIUS_CARD, RADIUS_CARD)

    def _unfold(self) -> None:
        self._shows_flags = True
        self.set_style(self._style)
        self.height_changed.emit()

    def _link(self) -> QTextCharFormat:
        characters = self._format(quiet=True)
        characters.setForeground(QColor(self._style.accent))
        characters.setAnchor(True)
        characters.setAnchorHref(UNFOLD_HREF)
        return characters

    def _format(self, quiet: bool) -> QTextCharFormat:
        characters = QTextCharFormat()
        font = self._style.text_font if quiet else self._style.code_font
        characters.setFont(font)
        characters.setForeground(QColor(self._style.secondary if quiet else self._style.text))
        return characters
