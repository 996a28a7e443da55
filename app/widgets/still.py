"""Fields whose value stays what it is while a page is scrolled over them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class _PassWheelOn(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel:
            return False
        event.ignore()  # so that it reaches what scrolls
        return True


def keep_still(*fields: QWidget) -> None:
    """The wheel neither changes `fields` nor gives them the focus."""
    for field in fields:
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(_PassWheelOn(field))
