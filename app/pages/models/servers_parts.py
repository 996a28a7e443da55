"""Small parts of the Servers tab."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout


def words(text: str = "", role: str = "") -> QLabel:
    """Plain text that can be selected and copied."""
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label


def button(text: str, name: str = "", role: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setAccessibleName(name or text.rstrip("…"))
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    return made


def card() -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setProperty("role", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 14, 16, 16)
    column.setSpacing(10)
    return frame, column


def say(label: QLabel, text: str, role: str) -> None:
    """Another sentence in another colour; an empty one takes no room."""
    label.setText(text)
    label.setVisible(bool(text))
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().polish(label)
