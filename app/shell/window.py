"""The main window: navigation, header, pages and status strip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.page import Page
from app.shell.header import Header
from app.shell.navigation import NavigationBar
from app.shell.pages import PAGES, PageEntry

MINIMUM_WIDTH, MINIMUM_HEIGHT = 900, 560


class MainWindow(QWidget):
    """Shows one page at a time and builds each when it is first opened."""

    def __init__(self, context: AppContext, pages: Sequence[PageEntry] = PAGES) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Assay")
        self.setMinimumSize(MINIMUM_WIDTH, MINIMUM_HEIGHT)
        self.context = context
        self._entries = {entry.id: entry for entry in pages}
        self._pages: dict[str, Page] = {}
        self.navigation = NavigationBar(pages)
        self.header = Header()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()

    def open(self, page_id: str, target: str = "") -> None:
        """Bring a page to the front, by its id."""
        page = self.page(page_id)
        self._stack.setCurrentWidget(page)
        self.header.show_page(page)
        self.navigation.mark(page_id)
        page.activate()
        if target:
            page.open_target(target)

    def page(self, page_id: str) -> Page:
        """The page with this id, built now if nobody has seen it yet."""
        if page_id not in self._pages:
            page = self._entries[page_id].build(self.context)
            page.setProperty("role", "page")
            page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self._pages[page_id] = page
            self._stack.addWidget(page)
            self.context.theme.hand_to(page)
        return self._pages[page_id]

    @property
    def front(self) -> Page | None:
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addLayout(column, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(row, 1)

    def _connect_signals(self) -> None:
        self.navigation.chosen.connect(self.open)
        self.context.navigation.requested.connect(self.open)
