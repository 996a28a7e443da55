"""A sentence in the middle of an empty, busy or failed column."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from models.errors import UserError


class MessageBox(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self._hint = QLabel(wordWrap=True), QLabel(wordWrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 24, 16, 24)
        column.setSpacing(4)
        column.addStretch(1)
        for label in (self.words, self._hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self._hint.setProperty("role", "secondary")
        column.addStretch(2)

    def say(self, sentence: str, hint: str = "", role: str = "secondary") -> None:
        self.words.setText(sentence)
        self._hint.setText(hint)
        if self.words.property("role") != role:
            self.words.setProperty("role", role)
            self.words.style().polish(self.words)

    def show_error(self, error: UserError) -> None:
        self.say(error.message, error.hint, "danger")
