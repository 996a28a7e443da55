"""The middle of the page: messages or an empty state, the bars below them, and the composer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.pages.chat.empty_state import EmptyState
from app.pages.chat.link_bar import LinkBar
from app.pages.chat.six_ways_panel import SixWaysPanel
from app.pages.chat.yes_no_strip import YesNoStrip
from app.widgets.composer import Composer
from app.widgets.find_bar import FindBar
from app.widgets.message_view.finder import Finder
from app.widgets.message_view.shown import ShownMessage
from app.widgets.message_view.view import COLUMN_PX, MessageView
from app.widgets.tokens import Tokens


class ConversationArea(QWidget):
    """Only layout; the page decides what is shown."""

    to_end_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = MessageView()
        self.empty = EmptyState()
        self.links = LinkBar()
        self.find_bar = FindBar("Find in this chat")
        self._finder = Finder(self.view, self)
        self.yes_no = YesNoStrip()
        self.composer = Composer()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        self.six_ways = SixWaysPanel()
        self.stack.addWidget(self.six_ways)
        self._to_end = QPushButton("Go to the end", self.view)
        self._to_end.setAccessibleName("Go to the end of the conversation")
        self._to_end.clicked.connect(self.view.scroll_to_end)
        self._to_end.hide()
        self._middle = QWidget()
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.links)
        column.addWidget(self.yes_no)
        column.addWidget(self.composer)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 4, 20, 14)
        bottom.addStretch(1)
        bottom.addWidget(self._middle, 100)
        bottom.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.find_bar)
        outer.addWidget(self.stack, 1)
        outer.addLayout(bottom)
        self.view.verticalScrollBar().valueChanged.connect(lambda _value: self._show_to_end())
        self.view.verticalScrollBar().rangeChanged.connect(lambda *_: self._show_to_end())
        self.find_bar.sought.connect(self._finder.seek)
        self.find_bar.stepped.connect(self._finder.step)
        self.find_bar.closed.connect(self._end_find)
        self._finder.counted.connect(self.find_bar.show_count)
        self.setTokens(Tokens())

    def setTokens(self, tokens: Tokens) -> None:
        self._middle.setMaximumWidth(round((COLUMN_PX + 16) * max(1.0, tokens.scale)))

    def show_branch(self, messages: list[ShownMessage], to_end: bool) -> None:
        self.view.set_messages(messages, to_end=to_end)
        self.stack.setCurrentWidget(self.view if messages else self.empty)
        self._middle.show()
        if not messages:
            self.find_bar.close_bar()
        self._finder.refresh()

    def open_find(self) -> bool:
        """Ask what to find in the conversation; False where there is none on screen."""
        if self.stack.currentWidget() is not self.view:
            return False
        self.find_bar.open_bar()
        return True

    def find_next(self, step: int) -> None:
        if self.find_bar.isHidden():
            self.open_find()
        else:
            self._finder.step(step)

    def _end_find(self) -> None:
        self._finder.seek("")
        self.composer.focus_text()

    @property
    def is_aside(self) -> bool:
        """Whether something else stands where the conversation would."""
        return self.stack.currentWidget() not in (self.view, self.empty)

    def show_six_ways(self) -> None:
        self.show_aside(self.six_ways)
        self.six_ways.question.setFocus()

    def show_aside(self, panel: QWidget) -> None:
        """`panel` in place of the conversation, and without its composer."""
        self.find_bar.close_bar()
        if self.stack.indexOf(panel) < 0:
            self.stack.addWidget(panel)
        self.stack.setCurrentWidget(panel)
        self._middle.hide()

    def _show_to_end(self) -> None:
        bar = self.view.verticalScrollBar()
        far = bar.maximum() - bar.value() > self.view.viewport().height()
        self._to_end.setVisible(far)
        if far:
            self._to_end.adjustSize()
            area = self.view.viewport().rect()
            x = area.center().x() - self._to_end.width() // 2
            self._to_end.move(x, area.bottom() - self._to_end.height() - 8)
            self._to_end.raise_()
            self._to_end.setCursor(Qt.CursorShape.ArrowCursor)
