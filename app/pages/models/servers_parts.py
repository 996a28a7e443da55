"""A small part of the Servers tab."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from app.widgets.parts import set_role


def say(label: QLabel, text: str, role: str) -> None:
    """Another sentence in another colour; an empty one takes no room."""
    label.setText(text)
    label.setVisible(bool(text))
    if label.property("role") != role:
        set_role(label, role)
