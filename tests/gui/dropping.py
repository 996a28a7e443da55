"""Files that are let go over a window, as the system tells it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drop(window: QWidget, urls: Sequence[QUrl]) -> bool:
    """Whether they were taken."""
    place = QPointF(5, 5)
    data = QMimeData()
    data.setUrls(list(urls))
    actions = Qt.DropAction.CopyAction | Qt.DropAction.LinkAction
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    entering = QDragEnterEvent(place.toPoint(), actions, data, button, key)
    QApplication.sendEvent(window.windowHandle(), entering)
    if not entering.isAccepted():
        return False
    dropped = QDropEvent(place, actions, data, button, key)
    QApplication.sendEvent(window.windowHandle(), dropped)
    return dropped.isAccepted()
