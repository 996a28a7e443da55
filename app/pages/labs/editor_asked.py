"""Above a set that a question from the chat has joined: what it still takes, and another way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.widgets.parts import button, words

WORDS = (
    "Your question from the chat is an item of this set now, and the six ways are its tones. Say "
    "which answer is right, and write more questions: one alone cannot show how often an answer "
    "hangs on its wording. The checks say what is missing."
)


class AskedNote(QFrame):
    own_set_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "well")
        self.other = button("Run Assay’s own set instead")
        self.other.setToolTip("Forty items whose right answers are known, ready to run")
        self.other.clicked.connect(self.own_set_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(words(WORDS, "secondary"), 1)
        row.addWidget(self.other)
