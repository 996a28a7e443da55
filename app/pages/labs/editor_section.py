"""A part of the editor: shows the set on the desk, and writes what is typed back into it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.pages.labs.editor_document import SetDocument
from app.widgets.parts import scrolled, words
from app.widgets.tokens import Tokens

TEXT_PX = 64  # three lines


class Section(QWidget):
    """`show_set` writes all fields anew; it is called for changes from elsewhere only, and not
    before the section is seen."""

    def __init__(self, document: SetDocument) -> None:
        super().__init__()
        self.document = document
        self._tokens = Tokens()
        self._is_stale = True
        document.changed.connect(self._on_changed)

    def show_set(self) -> None:
        raise NotImplementedError

    def go_to(self, name: str) -> None:
        """Put the focus on what a check is about; "" is the section itself."""

    def bring_up_to_date(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.show_set()
            self.setTokens(self._tokens)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.bring_up_to_date()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        for field in self.findChildren(QPlainTextEdit):
            field.setFixedHeight(tokens.px(TEXT_PX))

    def rebuild(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self.bring_up_to_date()

    def _on_changed(self, source: object) -> None:
        if source is not self:
            self.rebuild()


class Column(QWidget):
    """What a section scrolls: cards below each other."""

    def __init__(self, section: QWidget, name: str) -> None:
        super().__init__()
        self.column = QVBoxLayout()
        self.column.setSpacing(12)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(24, 12, 16, 16)
        inside.addLayout(self.column)
        inside.addStretch(1)
        outer = QVBoxLayout(section)
        outer.setContentsMargins(0, 0, 0, 0)
        self.area = scrolled(self, name)
        outer.addWidget(self.area)


def line(text: str, name: str, write: Callable[[str], None], *, mono: bool = False) -> QLineEdit:
    """A field of one line; `write` takes what is typed, letter by letter."""
    field = QLineEdit(text)
    field.setCursorPosition(0)
    field.setAccessibleName(name)
    if mono:
        field.setProperty("role", "mono")
    field.textEdited.connect(write)
    return field


def text_box(text: str, name: str, write: Callable[[str], None]) -> QPlainTextEdit:
    """A field of a few lines; Tab leaves it."""
    field = QPlainTextEdit(text)
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.textChanged.connect(lambda: write(field.toPlainText()))
    return field


def add_field(column: QVBoxLayout, title: str, field: QWidget, hint: str = "") -> None:
    label = words(title, "small", wrap=False)
    label.setBuddy(field)
    column.addWidget(label)
    column.addWidget(field)
    if hint:
        column.addWidget(words(hint, "small"))
