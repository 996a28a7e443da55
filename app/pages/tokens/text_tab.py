"""A text on top, and below it the same text as up to four tokenizers cut it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.tokens.column import TokenizerColumn
from app.pages.tokens.latest_job import LatestJob
from app.pages.tokens.source_text import SourceText
from app.pages.tokens.text_file import TextFile
from app.pages.tokens.view_bar import ViewBar
from app.pages.tokens.work import ColumnResult, Read, cut_text
from app.widgets.card_grid import CardGrid
from app.widgets.cut_cells import Shown
from app.widgets.focus import hand_on
from app.widgets.parts import scrolled
from app.widgets.tab_order import follow_in
from app.widgets.turns import in_turns
from labs.tokens.comparison import MOST_TOKENIZERS, Failure, Outcome, View
from labs.tokens.reading import Reading
from models.errors import UserError

SETTLE_MS, COLUMN_PX = 200, 200
SECOND = "cl100k"


class TextTab(QWidget):
    """Cuts again whenever the text, a tokenizer or the reading of control tokens changes."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job = LatestJob(context.jobs, self)
        self._round = 0  # of cutting; what comes late from an earlier one is dropped
        self._text = ""  # that is cut in it
        self._file_notes: tuple[str, ...] = ()
        self._control_like = ""
        self.source = SourceText()
        self.file = TextFile(context.jobs, self.source)
        self.bar = ViewBar()
        self.remark, self.grid = QLabel(wordWrap=True), CardGrid(COLUMN_PX)
        self.columns: list[TokenizerColumn] = []
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.cut)
        self._lay_out()
        self._connect_signals()
        names = (context.current_model.model or "starter", SECOND)
        in_turns(self, *(partial(self.add_tokenizer, name) for name in names))

    def add_tokenizer(self, name: str = SECOND) -> None:
        """Up to four; the button is off beyond."""
        if len(self.columns) >= MOST_TOKENIZERS:
            return
        column = TokenizerColumn(self._context, name)
        self.columns.append(column)
        self.grid.show_cards(self.columns)
        self._context.theme.hand_to(column)
        follow_in(self.columns[-2] if len(self.columns) > 1 else self.bar, column)
        column.choice.changed.connect(self.cut)
        column.choice.removed.connect(partial(self._remove, column))
        column.field.pointed.connect(partial(self._mark, column, False))
        column.field.opened.connect(partial(self._mark, column, True))
        self._show_room()
        self.cut()

    def take_tokenizer(self, name: str) -> None:
        """Beside the others, or instead of the last."""
        if len(self.columns) < MOST_TOKENIZERS:
            self.add_tokenizer(name)
        else:
            self.columns[-1].choice.choose(name)

    def cut(self) -> None:
        """Begin again; work on an older text is given up."""
        self._settle.stop()
        self._job.give_up()
        self._round += 1
        text = self._text = self.source.text
        if not text:
            self._show_empty()
            return
        names = [column.choice.name for column in self.columns]
        special, services = self.bar.special.isChecked(), self._context.services
        for column in self.columns:
            column.show_busy()
        self._job.start(
            lambda token: cut_text(services, names, text, special, token), "Cutting a text"
        )

    @property
    def counted(self) -> tuple[str, list[View]]:
        """The newest text whose tokens are on show, and what they are: while it is changed and cut
        again, those of an older one stay."""
        shown = [column for column in self.columns if column.view is not None]
        newest = max((column.of for column in shown), default=(0, ""))
        return newest[1], [c.view for c in shown if c.view is not None and c.of == newest]

    # ---- the job ---------------------------------------------------------------------------

    def _on_step(self, step: object) -> None:
        if isinstance(step, Read):
            self._control_like = step.control_like
            self.source.show_notes((*self._file_notes, *step.reading.notes))
        elif isinstance(step, ColumnResult) and isinstance(step.outcome, (View, Failure)):
            in_turns(self, partial(self._show, self._round, step.index, step.outcome))

    def _show(self, cutting: int, index: int, outcome: Outcome) -> None:
        """Long texts: one column in one turn. A newer text may have come since."""
        if cutting == self._round:
            shown, glyphs = self.bar.shown, self.bar.glyphs.isChecked()
            self.columns[index].show_outcome(outcome, shown, glyphs)
            self.columns[index].of = (cutting, self._text)
            self._say_control()

    def _on_failed(self, error: UserError) -> None:
        for column in self.columns:
            column.show_nothing()
        self.failed.emit(error)

    def _on_stopped(self) -> None:
        """What stands there may be of an older text."""
        self._round += 1
        for column in self.columns:
            column.show_nothing("Stopped. The next change cuts the text again.")

    def _on_read(self, reading: Reading) -> None:
        self._file_notes = reading.notes
        self.cut()

    # ---- what is shown ---------------------------------------------------------------------

    def _show_empty(self) -> None:
        for column in self.columns:
            column.show_nothing()
        self.source.show_notes(())
        self.remark.hide()

    def _restyle(self) -> None:
        shown, glyphs = self.bar.shown, self.bar.glyphs.isChecked()
        in_turns(self, *(partial(self._restyle_one, c, shown, glyphs) for c in self.columns))

    def _restyle_one(self, column: TokenizerColumn, shown: Shown, glyphs: bool) -> None:
        if column in self.columns:  # it may have been taken away since
            column.restyle(shown, glyphs)

    def _say_control(self) -> None:
        """What reading control tokens out of a text does, where the text spells some."""
        views = [column.view for column in self.columns if column.view is not None]
        is_on = self.bar.special.isChecked()
        words = _control_words(self._control_like, views, is_on)
        self.remark.setText(words)
        self.remark.setVisible(bool(words))
        role = "warning" if is_on else "secondary"
        if self.remark.property("role") != role:
            self.remark.setProperty("role", role)
            self.remark.style().polish(self.remark)

    def _mark(self, origin: TokenizerColumn, bring: bool, start: int, end: int) -> None:
        for column in self.columns:
            column.field.mark_bytes(start, end, bring=bring and column is not origin)

    def _remove(self, column: TokenizerColumn) -> None:
        place = self.columns.index(column)
        self.columns.remove(column)
        self.grid.show_cards(self.columns)
        self._show_room()
        hand_on(column, self.columns[max(0, place - 1)].choice.heir)
        column.hide()
        column.deleteLater()
        self.cut()

    def _show_room(self) -> None:
        self.bar.add.setEnabled(len(self.columns) < MOST_TOKENIZERS)
        for column in self.columns:
            column.choice.close_button.setVisible(len(self.columns) > 1)

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.remark.hide()
        below = QWidget()
        columns = QVBoxLayout(below)
        columns.setContentsMargins(24, 8, 24, 16)
        columns.setSpacing(8)
        columns.addWidget(self.bar)
        columns.addWidget(self.remark)
        columns.addWidget(self.grid, 1)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setObjectName("tokens-splitter")
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(1)
        halves.addWidget(self.source)
        halves.addWidget(scrolled(below, "The text as tokens"))
        halves.setSizes([140, 560])
        halves.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(halves)

    def _connect_signals(self) -> None:
        self.source.changed.connect(self._on_text)
        self.bar.looks_changed.connect(self._restyle)
        self.bar.special.toggled.connect(lambda _on: self.cut())
        self.bar.add.clicked.connect(lambda: self.add_tokenizer())
        self._job.stepped.connect(self._on_step)
        self._job.finished.connect(lambda _result: self.went_well.emit())
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._on_stopped)
        self.file.opened.connect(self._on_read)
        self.file.failed.connect(self.failed)

    def _on_text(self) -> None:
        self._file_notes = ()
        self._settle.start()


def _control_words(found: str, views: list[View], is_on: bool) -> str:
    if not found or not views:
        return ""
    if not is_on:
        return (
            f"“{found}” stays ordinary text here, as in Assay's chat. “Read control tokens” "
            "shows what a careless program would make of it."
        )
    read_out = [view.measures.n_control for view in views]
    if not any(read_out):
        return f"None of these tokenizers has a control token “{found}”: it stays text."
    counts = ", ".join(f"{count:,}" for count in read_out)
    where = " in the columns below" if len(views) > 1 else ""
    return (
        f"Control tokens were read out of the text: {counts}{where}. A model cannot tell them from "
        "those of its template: whoever writes them can end a message and begin another. Assay's "
        "chat never does this with what you type."
    )
