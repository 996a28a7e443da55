"""The place of the Next token tab, which stands on numpy: that is loaded when it is first seen."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.context import AppContext
from app.pages.tokens.message_box import MessageBox
from models.errors import UserError

if TYPE_CHECKING:
    from app.pages.tokens.next_token_tab import NextTokenTab

SAMPLING_NAME = "sampling_sheet.json"


def load() -> Generator[str, None, type[NextTokenTab]]:
    """Never in the window's thread: it would stand still."""
    yield "Loading"
    from app.pages.tokens.next_token_tab import NextTokenTab

    return NextTokenTab


class LateNextToken(QWidget):
    """`tab` is None until it has been seen."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_loading = False
        self.tab: NextTokenTab | None = None
        self._layout = QStackedLayout(self)
        self._waiting = MessageBox()
        self._waiting.say("Loading…")
        self._layout.addWidget(self._waiting)

    def sheet(self) -> Generator[str, None, str]:
        """See NextTokenTab.sheet."""
        if self.tab is None:
            raise UserError("There is no distribution yet.", "Ask what comes next after a prompt.")
        return self.tab.sheet()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_loading:
            self._is_loading = True
            job = self._context.jobs.start(lambda _token: load())
            job.finished.connect(self._on_loaded)
            job.failed.connect(self.failed)

    def _on_loaded(self, kind: type[NextTokenTab]) -> None:
        self.tab = kind(self._context)
        self.tab.failed.connect(self.failed)
        self.tab.went_well.connect(self.went_well)
        self._layout.addWidget(self.tab)
        self._layout.setCurrentWidget(self.tab)
        self._context.theme.hand_to(self.tab)
