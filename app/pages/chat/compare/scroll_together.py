"""Two scroll bars that move as one."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollBar


class ScrollTogether(QObject):
    """Replies differ in length: what is kept equal is the share of the way, so that both ends are
    reached together."""

    def __init__(self, left: QScrollBar, right: QScrollBar, parent: QObject) -> None:
        super().__init__(parent)
        self.is_on = True
        self._moving = False
        left.valueChanged.connect(lambda: self._follow(left, right))
        right.valueChanged.connect(lambda: self._follow(right, left))

    def _follow(self, moved: QScrollBar, other: QScrollBar) -> None:
        # A bar with nothing to scroll is at its end and at its beginning: it leads nobody.
        if self._moving or not self.is_on or not moved.maximum():
            return
        self._moving = True
        other.setValue(round(other.maximum() * moved.value() / moved.maximum()))
        self._moving = False
