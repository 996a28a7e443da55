"""Where the keyboard goes when what it is in goes away: Qt lets it leap through the window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def hand_on(going: QWidget, heir: QWidget) -> None:
    """To be called before `going` is hidden: if the focus is in it, `heir` has it then."""
    focus = going.window().focusWidget()
    if focus is not None and (focus is going or going.isAncestorOf(focus)):
        heir.setFocus()
