"""Where a sheet stands: beside what it is about, or over it where the window is narrow."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.widgets.sheet.drawer import SheetDrawer

OVERLAY_BELOW_PX = 1200  # width of the window


class SheetArea(QWidget):
    """`main`, and at its right a drawer once there is one."""

    def __init__(self, main: QWidget) -> None:
        super().__init__()
        self._drawer: SheetDrawer | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(main, 1)

    def take(self, drawer: SheetDrawer) -> None:
        drawer.setParent(self)
        self._drawer = drawer
        self.place()

    def place(self) -> None:
        """The window, the drawer or the size of text has changed."""
        if self._drawer is None:
            return
        wide = self.window().width() >= OVERLAY_BELOW_PX
        in_row = self._row.indexOf(self._drawer) >= 0
        if wide and not in_row:
            self._row.addWidget(self._drawer)
        elif not wide and in_row:
            self._row.removeWidget(self._drawer)
        if not wide:
            width = self._drawer.width()
            self._drawer.setGeometry(self.width() - width, 0, width, self.height())
            self._drawer.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()
