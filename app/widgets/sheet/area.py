"""Where a sheet stands: beside what it is about, or over it where the window is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.widgets.tokens import Tokens

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.widgets.sheet.drawer import SheetDrawer

OVERLAY_BELOW_PX = 1200  # width of the window, at 100 % text


class SheetArea(QWidget):
    """`main`, and at its right a drawer once there is one."""

    def __init__(self, main: QWidget) -> None:
        super().__init__()
        self._drawer: SheetDrawer | None = None
        self._tokens = Tokens()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(main, 1)

    def take(self, drawer: SheetDrawer) -> None:
        drawer.setParent(self)
        drawer.installEventFilter(self)
        self._drawer = drawer
        self.place()

    def place(self) -> None:
        """The window or the drawer has changed."""
        if self._drawer is None:
            return
        wide = self.window().width() >= self._tokens.px(OVERLAY_BELOW_PX)
        in_row = self._row.indexOf(self._drawer) >= 0
        if wide and not in_row:
            self._row.addWidget(self._drawer)
        elif not wide and in_row:
            self._row.removeWidget(self._drawer)
        if not wide:
            width = self._drawer.width()
            self._drawer.setGeometry(self.width() - width, 0, width, self.height())
            self._drawer.raise_()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The drawer grows with the text; over the page it stays at the right."""
        if event.type() == QEvent.Type.Resize and watched is self._drawer:
            self.place()
        return super().eventFilter(watched, event)
