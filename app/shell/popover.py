"""A panel above the window that goes away with Esc or a click beside it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid

MARGIN = 8


class Popover(QFrame):
    """Lies inside the window, not above the desktop, so that it looks alike on every system."""

    closed = Signal()

    def __init__(self, window: QWidget, name: str) -> None:
        super().__init__(window)
        self.setObjectName("popover")
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window = window
        self._focus_before: QWidget | None = None
        self.hide()

    def open_above(self, anchor: QWidget) -> None:
        """Open with the lower right corner above `anchor`."""
        self.adjustSize()
        top_right = anchor.mapTo(self._window, QPoint(anchor.width(), 0))
        self._place(QPoint(top_right.x() - self.width(), top_right.y() - self.height() - MARGIN))

    def open_at_top(self, distance: int) -> None:
        """Open in the middle of the window, `distance` below its upper edge."""
        self.adjustSize()
        self._place(QPoint((self._window.width() - self.width()) // 2, distance))

    def close_popover(self) -> None:
        if not self.isVisible():
            return
        _application().removeEventFilter(self)
        self.hide()
        if self._focus_before is not None and isValid(self._focus_before):
            self._focus_before.setFocus()
        self._focus_before = None
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            area = QRect(self.mapToGlobal(QPoint(0, 0)), self.size())
            if not area.contains(event.globalPosition().toPoint()):
                self.close_popover()
        elif event.type() == QEvent.Type.Resize and watched is self._window:
            self.close_popover()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
        else:
            super().keyPressEvent(event)

    def _place(self, corner: QPoint) -> None:
        room = self._window.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        left = max(room.left(), min(corner.x(), room.right() - self.width()))
        top = max(room.top(), min(corner.y(), room.bottom() - self.height()))
        self.move(left, top)
        for other in self._window.findChildren(Popover):
            if other is not self:
                other.close_popover()
        if not self.isVisible():
            self._focus_before = QApplication.focusWidget()
            _application().installEventFilter(self)
        self.show()
        self.raise_()
        self.setFocus()


def _application() -> QCoreApplication:
    app = QCoreApplication.instance()
    assert app is not None  # there are no widgets without one
    return app
