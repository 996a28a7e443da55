"""The exact text of a prompt, its parts coloured by where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QTextEdit, QVBoxLayout, QWidget

from app.widgets.fonts import mono_font
from app.widgets.parts import words
from app.widgets.token_paint import ORIGIN_WORDS, ORIGINS, origin_colour
from app.widgets.tokens import Tokens

Parts = Sequence[Mapping[str, Any]]
MOST_LINES = 24
_UNDERLINES = {
    "system": QTextCharFormat.UnderlineStyle.SingleUnderline,
    "template": QTextCharFormat.UnderlineStyle.DotLine,
    "history": QTextCharFormat.UnderlineStyle.DashUnderline,
    "user": QTextCharFormat.UnderlineStyle.NoUnderline,
    "assistant": QTextCharFormat.UnderlineStyle.DashDotLine,
    "document": QTextCharFormat.UnderlineStyle.DashDotDotLine,
}


class PromptText(QWidget):
    """Copies exactly what the model was sent."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens = Tokens()
        self._parts: Parts = ()
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.setAcceptRichText(False)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Exactly what was sent")
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.legend = words("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.text)
        column.addWidget(self.legend)

    def show_parts(self, parts: Parts) -> None:
        self._parts = tuple(parts)
        self._write()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._write()

    def _write(self) -> None:
        self.text.clear()
        self.text.setFont(mono_font(self._tokens, 12))
        cursor = QTextCursor(self.text.document())
        for part in self._parts:
            cursor.insertText(str(part["text"]), self._format(part))
        seen = {str(part["origin"]) for part in self._parts}
        named = [ORIGIN_WORDS[origin] for origin in ORIGINS if origin in seen]
        size_bytes = len("".join(str(part["text"]) for part in self._parts).encode())
        self.legend.setText(
            f"{size_bytes:,} bytes: {', '.join(named)}. Underlined is what the user did not write."
            if self._parts else "The prompt of this trial was not recorded."
        )  # fmt: skip
        lines = min(MOST_LINES, self._line_count() + 1)
        height = self.text.fontMetrics().lineSpacing() * max(4, lines)
        self.text.setFixedHeight(height + self._tokens.px(18))

    def _line_count(self) -> int:
        columns = max(20, self.text.viewport().width() // max(1, self.text.fontMetrics()
                                                              .averageCharWidth()))  # fmt: skip
        whole = "".join(str(part["text"]) for part in self._parts)
        return sum(1 + len(line) // columns for line in whole.split("\n"))

    def _format(self, part: Mapping[str, Any]) -> QTextCharFormat:
        origin = str(part["origin"])
        colour = origin_colour(origin, self._tokens)
        tint = QColor(colour)
        tint.setAlphaF(0.26 if self._tokens.dark else 0.16)
        made = QTextCharFormat()
        made.setFont(mono_font(self._tokens, 12))
        made.setBackground(tint)
        made.setForeground(QColor(self._tokens.text))
        made.setUnderlineStyle(_UNDERLINES.get(origin, _UNDERLINES["user"]))
        made.setUnderlineColor(colour)
        made.setToolTip(ORIGIN_WORDS.get(origin, origin))
        return made
