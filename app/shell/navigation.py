"""The bar on the left: whole words under icons, in three groups; icons alone where words have no
room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout

from app.shell.pages import PageEntry
from app.widgets.icons import make_icon
from app.widgets.tokens import Tokens

WIDTH = 84
ICON_ROW = 34  # with its padding
LAST_GROUP = 2


class NavigationBar(QFrame):
    """One checkable button a page."""

    chosen = Signal(str)

    def __init__(self, pages: Sequence[PageEntry]) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setAccessibleName("Pages")
        self._pages = tuple(pages)
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 12, 4, 12)
        self._column.setSpacing(4)
        self._tokens = Tokens()
        for number in range(LAST_GROUP):
            self._add_group(number)
        self._column.addStretch(1)
        self._add_group(LAST_GROUP)

    def mark(self, page_id: str) -> None:
        """Show which page is in front."""
        self._buttons[page_id].setChecked(True)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.setFixedWidth(tokens.px(WIDTH))
        size = tokens.px(20)
        for page in self._pages:
            button = self._buttons[page.id]
            button.setIconSize(QSize(size, size))
            button.setIcon(
                make_icon(page.icon, tokens.text_secondary, size, on_colour=tokens.accent_text)
            )

        self._fit_words()

    def minimumSizeHint(self) -> QSize:
        """Of icons alone, so that large words never push the strip out of a small window."""
        height = len(self._pages) * (self._tokens.px(ICON_ROW) + self._column.spacing())
        return QSize(self._tokens.px(WIDTH), height + 2 * self._column.contentsMargins().top())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        under = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        self._show_words(under)
        if self._column.sizeHint().height() > self.height():
            self._show_words(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _show_words(self, style: Qt.ToolButtonStyle) -> None:
        are_hidden = style == Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._buttons.values():
            button.setToolButtonStyle(style)
            button.setToolTip(button.text() if are_hidden else "")

    def _add_group(self, number: int) -> None:
        pages = [page for page in self._pages if page.group == number]
        if pages and 0 < number < LAST_GROUP:
            line = QFrame()
            line.setProperty("role", "hairline")
            self._column.addWidget(line)
        for page in pages:
            self._add_button(page)

    def _add_button(self, page: PageEntry) -> None:
        button = QToolButton(self)
        button.setText(page.title)
        button.setAccessibleName(page.title)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(page.id))
        self._group.addButton(button)
        self._buttons[page.id] = button
        self._column.addWidget(button)
