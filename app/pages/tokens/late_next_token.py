"""The place of the Next token tab, which stands on numpy: that is loaded when it is first seen."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.context import AppContext
from app.late_tab import LateTab
from models.errors import UserError

if TYPE_CHECKING:
    from app.pages.tokens.next_token_tab import NextTokenTab

SAMPLING_NAME = "sampling_sheet.json"


def load() -> Generator[str, None, type[NextTokenTab]]:
    """Never in the window's thread: it would stand still."""
    yield "Loading"
    from app.pages.tokens.next_token_tab import NextTokenTab

    return NextTokenTab


class LateNextToken(LateTab["NextTokenTab"]):
    went_well = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, load)
        self.when_ready(self._listen)

    def sheet(self) -> Generator[str, None, str]:
        """See NextTokenTab.sheet."""
        if self.tab is None:
            raise UserError("There is no distribution yet.", "Ask what comes next after a prompt.")
        return self.tab.sheet()

    def _listen(self, tab: NextTokenTab) -> None:
        tab.failed.connect(self.failed)
        tab.went_well.connect(self.went_well)
