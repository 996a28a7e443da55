"""The small words around a message: who speaks, what is to be said about it, the numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.widgets.message_view.footer_text import length_words, mark_words, state_words, summary
from app.widgets.message_view.shown import ShownMessage

NO_BREAK = "\N{NO-BREAK SPACE}"


class CardWords:
    """Labels on a card; an empty one is hidden."""

    def __init__(self, card: QWidget) -> None:
        self.name = _label(card, "message-name")
        self.mark = _label(card, "message-mark")
        self.files = _label(card, "message-files")
        self.status = _label(card, "message-status")
        self.error = _label(card, "message-error")
        self.summary = _label(card, "message-summary")

    def show(self, message: ShownMessage) -> None:
        failed = message.state == "failed"
        busy = message.busy if message.state == "streaming" else ""
        files = (f"{file.name}, {_size(file.size_bytes)}" for file in message.attachments)
        _say(self.name, "" if message.role == "user" else _speaker(message))
        _say(self.mark, "\n".join(filter(None, (mark_words(message), length_words(message)))))
        _say(self.files, "   ".join(files))
        _say(self.error, state_words(message) if failed else "")
        _say(self.status, busy or ("" if failed else state_words(message)))
        _say(self.summary, _summary_words(message))


def _speaker(message: ShownMessage) -> str:
    if message.role == "system":
        return "System prompt"
    if message.provenance is not None:
        return message.provenance.model_name
    return message.name or "Edited reply"


def _summary_words(message: ShownMessage) -> str:
    if message.provenance is None or message.state in ("streaming", "failed"):
        return ""
    return summary(message.provenance)


def _label(parent: QWidget, name: str) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _say(label: QLabel, words: str) -> None:
    label.setText(words)
    label.setVisible(bool(words))


def _size(size_bytes: int) -> str:
    """With a blank that does not break: a number stays with its unit."""
    if size_bytes < 1000:
        return f"{size_bytes}{NO_BREAK}{'byte' if size_bytes == 1 else 'bytes'}"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f}{NO_BREAK}kB"
    return f"{size_bytes / 1_000_000:.1f}{NO_BREAK}MB"
