"""What a model said, in full where that can be laid out: a label of a whole book takes seconds."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.widgets.parts import words
from app.widgets.tokens import Tokens

MOST_LETTERS, MOST_LINES = 1_500, 40  # in a label that grows with them
MOST_SHOWN = 8_000
HEIGHT_PX = 220


def cut_note(text: str) -> str:
    """ "" where all of it is shown."""
    if len(text) <= MOST_SHOWN:
        return ""
    return f"The first {MOST_SHOWN:,} of {len(text):,} letters; the rest is in trials.jsonl."


class AnswerText(QWidget):
    """Longer ones scroll by themselves."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setProperty("role", "well")
        self._field: QPlainTextEdit | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        if len(text) <= MOST_LETTERS and text.count("\n") < MOST_LINES:
            column.addWidget(words(text or "(nothing was said)", "mono"))
            return
        self._field = QPlainTextEdit(text[:MOST_SHOWN])
        self._field.setReadOnly(True)
        self._field.setTabChangesFocus(True)
        self._field.setProperty("role", "mono")
        self._field.setAccessibleName("Answer")
        column.addWidget(self._field)
        if note := cut_note(text):
            column.addWidget(words(note, "small"))
        self.setTokens(Tokens())

    def setTokens(self, tokens: Tokens) -> None:
        if self._field is not None:
            self._field.setFixedHeight(tokens.px(HEIGHT_PX))
