"""How one word becomes tokens: the pairs that are joined, in their order."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.tokens.latest_job import LatestJob
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.tokenizer_choice import TokenizerChoice
from app.services import Services
from app.widgets.data_table import DataTable
from app.widgets.fonts import mono_font
from app.widgets.rows_model import Column, FilteredRows, RowsModel
from app.widgets.tokens import Tokens
from labs.tokens.merge_rows import MergeRow, rows_of
from models.cancel import CancelToken
from models.errors import UserError
from models.tokenizers.messages import Trace
from models.tokenizers.source import find_source

SETTLE_MS, WORD_PX = 200, 320
WIDTHS_PX = (64, 96, 200, 400)
EXAMPLE = " tokenization"
PURPOSE = (
    "A word begins as single bytes. Again and again the adjacent pair of the lowest rank is "
    "joined, until no pair is left that the tokenizer has learned to join."
)
WHOLE = (
    "This word is a token, and this tokenizer then takes it as it is, without joining anything. "
    "These are the pairs that it would have joined."
)
COLUMNS = (
    Column[MergeRow]("Step", lambda row: f"{row.step}" if row.step else "", lambda row: row.step,
                     is_number=True),
    Column[MergeRow]("Rank", lambda row: "" if row.rank is None else f"{row.rank:,}",
                     lambda row: -1 if row.rank is None else row.rank, is_number=True),
    Column[MergeRow]("Joined", lambda row: row.joined),
    Column[MergeRow]("The word now", lambda row: row.word),
)  # fmt: skip


def trace(
    services: Services, name: str, word: str, cancel: CancelToken
) -> Generator[str, None, Trace]:
    source = find_source(services.library, name)
    return (yield from services.tokenizers.trace(source, word, cancel))


class MergesTab(QWidget):
    """What cannot be traced says why in the place of the table."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job = LatestJob(context.jobs, self)
        self.word = QLineEdit(EXAMPLE)
        self.word.setAccessibleName("Word to follow")
        self.word.setMaxLength(64)
        self.word.setAcceptDrops(False)  # of a dropped file it would write the address
        self.tokenizer = TokenizerChoice(context, context.current_model.model or "starter")
        self.tokenizer.close_button.hide()
        self.about, self.message = QLabel(PURPOSE, wordWrap=True), MessageBox()
        self.rows = RowsModel[MergeRow](COLUMNS, self)
        self.table = DataTable("Merges", FilteredRows(self.rows, self))
        self._stack = QStackedWidget()
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.follow)
        self._lay_out()
        self.word.textChanged.connect(lambda _text: self._settle.start())
        self.tokenizer.changed.connect(self.follow)
        self.table.failed.connect(self.failed)
        self._job.finished.connect(self._on_traced)
        self._job.failed.connect(self._say)

    def follow(self) -> None:
        self._settle.stop()
        self._job.give_up()
        word, name, services = self.word.text(), self.tokenizer.name, self._context.services
        if not word:
            self._say(UserError("Write a word."))
            return
        self._job.start(lambda token: trace(services, name, word, token))

    def take_tokenizer(self, name: str) -> None:
        self.tokenizer.choose(name)

    def setTokens(self, tokens: Tokens) -> None:
        self.word.setFont(mono_font(tokens))
        self.word.setMaximumWidth(tokens.px(WORD_PX))
        self.table.setFont(mono_font(tokens))
        self.table.set_widths(*map(tokens.px, WIDTHS_PX), stretch=len(WIDTHS_PX) - 1)

    def _on_traced(self, found: Trace) -> None:
        self.about.setText(WHOLE if found.whole else PURPOSE)
        self.rows.set_rows(rows_of(found))
        self._stack.setCurrentWidget(self.table)

    def _say(self, error: UserError) -> None:
        self.about.setText(PURPOSE)
        self.rows.set_rows(())
        self.message.say(error.message, error.hint)
        self._stack.setCurrentWidget(self.message)

    def _lay_out(self) -> None:
        self.about.setProperty("role", "secondary")
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.table)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.word, 1)
        top.addWidget(self.tokenizer, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.about)
        column.addWidget(self._stack, 1)
