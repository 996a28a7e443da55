"""A sheet stands beside what it is about. Where the window is too narrow for both, the page keeps
its least width and can be scrolled sideways: nothing of it lies below the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QResizeEvent

    from app.widgets.sheet.drawer import SheetDrawer


class SheetArea(QWidget):
    """`main`, and at its right a drawer once there is one."""

    def __init__(self, main: QWidget) -> None:
        super().__init__()
        self._page = _Sideways(main)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self._page, 1)

    def take(self, drawer: SheetDrawer) -> None:
        self._row.addWidget(drawer)
        drawer.installEventFilter(self)
        self._page.keep_width(drawer.isVisibleTo(self))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alone, a page takes the width that there is."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._page.keep_width(event.type() == QEvent.Type.ShowToParent)
        return super().eventFilter(watched, event)


class CurrentPage(QStackedWidget):
    """Needs no more room than the page in front."""

    def minimumSizeHint(self) -> QSize:
        front = self.currentWidget()
        return super().minimumSizeHint() if front is None else front.minimumSizeHint()

    def sizeHint(self) -> QSize:
        """Qt would ask all pages, twice for each word that changes on one."""
        front = self.currentWidget()
        return super().sizeHint() if front is None else front.sizeHint()


class _Sideways(QScrollArea):
    """As high as there is room, and with `keep_width` never narrower than `main` can be."""

    def __init__(self, main: QWidget) -> None:
        super().__init__()
        self._main, self._keeps_width = main, False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(main)
        main.installEventFilter(self)

    def keep_width(self, keeps: bool) -> None:
        self._keeps_width = keeps
        self._fit()

    def sizeHint(self) -> QSize:
        return self._main.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._main and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        room = self.viewport().size()
        least = self._main.minimumSizeHint().width() if self._keeps_width else 0
        self._main.resize(max(room.width(), least), room.height())
