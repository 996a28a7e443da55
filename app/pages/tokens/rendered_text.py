"""A prompt as the string that a template made, coloured by origin, differences underlined."""

from __future__ import annotations

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from app.widgets.fonts import mono_font
from app.widgets.token_paint import origin_colour
from app.widgets.tokens import Tokens
from labs.tokens.xray import Xray


class RenderedText(QTextEdit):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName("The text that the template makes")
        self._tokens = Tokens()
        self._xray: Xray | None = None

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.setFont(mono_font(tokens))
        if self._xray is not None:
            self.show_xray(self._xray)

    def show_xray(self, xray: Xray) -> None:
        self._xray = xray
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for part in xray.parts:
            cursor.insertText(part.text, self._format(part.origin))
        underlined = QTextCharFormat()
        underlined.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        underlined.setUnderlineColor(QColor(self._tokens.danger))
        for stretch in xray.differs:
            cursor.setPosition(_units(xray.rendered, stretch.start))
            end = _units(xray.rendered, stretch.end)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(underlined)
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(0)

    def _format(self, origin: str) -> QTextCharFormat:
        made = QTextCharFormat()
        tint = origin_colour(origin, self._tokens)
        tint.setAlphaF(0.30 if self._tokens.dark else 0.18)
        made.setBackground(tint)
        return made


def _units(text: str, place: int) -> int:
    """Qt counts in UTF-16: letters beyond the first plane are two."""
    return place + sum(letter > "\uffff" for letter in text[:place])
