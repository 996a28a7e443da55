"""See exactly what was sent: the prompt of a reply, token by token, coloured by origin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.widgets.icons import IconButton
from app.widgets.token_strip import TokenStrip
from labs.chat.conversation import Message
from labs.chat.sent_words import are_words
from models.engine.messages import PromptToken

SNIPPET_CHARS = 80


class SentPanel(QWidget):
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sent-panel")
        self.setAccessibleName("Exactly what was sent")
        self._words = QLabel(wordWrap=True)
        self._words.setProperty("role", "secondary")
        self._dropped = QLabel(wordWrap=True)
        self._dropped.setTextFormat(Qt.TextFormat.PlainText)
        self._dropped.setProperty("role", "warning")
        self.strip = TokenStrip()
        area = QScrollArea()
        area.setAccessibleName("Tokens that were sent")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.strip)
        heading = QLabel("Exactly what was sent")
        heading.setProperty("role", "heading")
        close = IconButton("x", "Close", self, size=16)
        close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._words)
        column.addWidget(self._dropped)
        column.addWidget(area, 1)

    def show_sent(
        self, reply: Message, tokens: Sequence[PromptToken], left_out: Sequence[Message]
    ) -> None:
        """The prompt of `reply`, and the messages that were not in it."""
        if are_words(tokens):
            self._words.setText(
                "The messages word by word, in this order. The template around them and their "
                "tokens are known to the server only."
            )
        elif tokens:
            self._words.setText(
                f"{len(tokens):,} tokens, in this order. Control tokens and white space are made "
                "visible; a click on a token shows its number."
            )
        else:
            self._words.setText("The prompt of this reply was not recorded.")
        self._dropped.setText(_dropped_words(left_out))
        self._dropped.setVisible(bool(left_out))
        self.strip.show_prompt(tokens)


def _dropped_words(left_out: Sequence[Message]) -> str:
    lines = [
        f"{'You' if message.role == 'user' else 'Reply'}: "
        f"{' '.join(message.text.split())[:SNIPPET_CHARS]}"
        for message in left_out
    ]
    return "\n".join(["Not sent, because it did not fit:", *lines])
