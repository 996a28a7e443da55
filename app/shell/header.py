"""The line above a page: its title, and the widgets it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.widgets.icons import IconButton
from app.widgets.tokens import Tokens

if TYPE_CHECKING:
    from app.pages.page import Page

HEIGHT = 48


class Header(QFrame):
    """Shows the widgets of one page at a time; they stay the page's own."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("header")
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._shelves: dict[Page, QWidget] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 0, 16, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._title)
        self._row.addStretch(1)
        self.sheet_button = IconButton("file-text", "Lab sheet")
        self.sheet_button.setCheckable(True)
        self.sheet_button.hide()
        self._row.addWidget(self.sheet_button)

    def show_title(self, title: str) -> None:
        self._title.setText(title)

    def take_widgets_of(self, page: Page) -> None:
        """Adopt what the page wants to show here; hidden until the page is in front."""
        shelf = QWidget(self)
        row = QHBoxLayout(shelf)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in page.header_widgets():
            row.addWidget(widget)
        self._row.insertWidget(self._row.count() - 1, shelf)
        shelf.hide()
        self._shelves[page] = shelf

    def show_page(self, page: Page) -> None:
        self.show_title(page.title)
        for other, shelf in self._shelves.items():
            shelf.setVisible(other is page)

    def setTokens(self, tokens: Tokens) -> None:
        self.setFixedHeight(max(HEIGHT, tokens.px(HEIGHT)))
