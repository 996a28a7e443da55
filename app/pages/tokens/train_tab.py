"""A tokenizer of one's own: each merge as it is learned, and what it does to two texts."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QSlider,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.pages.tokens.latest_job import LatestJob, show_running
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.text_file import TextFile
from app.pages.tokens.train_curve import Line, TrainCurve
from app.pages.tokens.train_form import OWN, OWN_NAME, TrainForm
from app.widgets.data_table import DataTable
from app.widgets.fonts import mono_font
from app.widgets.parts import row_of, scrolled, words
from app.widgets.rows_model import Column, FilteredRows, RowsModel
from app.widgets.token_cells import Cell
from app.widgets.token_field import LowField
from app.widgets.tokens import Tokens
from labs.tokens.merge_rows import readable
from labs.tokens.report import trained_entry
from labs.tokens.training import MOST_BYTES, Merge, Trained, train
from labs.tokens.words_in_pieces import MOST_WORD_BYTES
from models.amounts import size_text
from models.errors import UserError

PURPOSE = (
    "A tokenizer begins with the 256 bytes. Again and again the two neighbours that stand together "
    "most often become one new token: a merge."
)
STOPPED = "Stopped. Nothing was learned."
CHANGED = "The text was changed since. Press Learn to learn from it as it is now."
NAMED_LETTERS, FIELD_PX = 24, 62
SHOWN_LETTERS, TABLE_PX, WIDTHS_PX = 700, 372, (60, 168, 68, 72)
LEARNED_TONE, NEWEST_TONE = 0, 1
COLUMNS = (
    Column[Merge]("Merge", lambda m: f"{m.rank + 1:,}", lambda m: m.rank, is_number=True),
    Column[Merge]("Joined", lambda m: f"{readable(m.left)} + {readable(m.right)} → "
                                      f"{readable(m.token)}"),
    Column[Merge]("Count", lambda m: f"{m.count:,}", lambda m: m.count, is_number=True),
    Column[Merge]("Tokens", lambda m: f"{m.n_tokens:,}", lambda m: m.n_tokens,
                  is_number=True),
)  # fmt: skip


class TrainTab(QWidget):
    """Learns by itself when it is first seen and whenever something else is chosen."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job = LatestJob(context.jobs, self)
        self._is_begun = False
        self._texts, self._names, self._asked = ("", ""), ("", ""), 0
        self._says_the_same = True
        self._next = self._texts, self._names, self._asked, self._says_the_same
        self.trained: Trained | None = None
        self.form = TrainForm()
        self.file = TextFile(context.jobs, self.form.own)
        self.about = words(PURPOSE, "secondary")
        self.rows = RowsModel[Merge](COLUMNS, self)
        self._shown_rows = FilteredRows(self.rows, self)
        self.table = DataTable("Merges learned", self._shown_rows)
        self.curve, self.slider = TrainCurve(), QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Merges in use")
        self.at, self.finding = words("", wrap=False), words("", "secondary")
        self.fields = (LowField("The text as its tokens", with_popup=False),
                       LowField("Another text as its tokens", with_popup=False))  # fmt: skip
        self.titles = (words("", "secondary", wrap=False), words("", "secondary", wrap=False))
        self.message, self._stack = MessageBox(), QStackedWidget()
        self._lay_out()
        self._connect_signals()

    # ---- what a person does ----------------------------------------------------------------

    def learn_once(self) -> None:
        if not self._is_begun:
            self.learn()

    def learn(self) -> None:
        """From the beginning; what was learned before stays on show until it is done."""
        self._is_begun = True
        form = self.form
        text, other, name = form.text, form.other_text, form.other_name
        self._next = (text, other), (form.name, name), form.n_merges.value(), form.says_the_same
        n_merges = form.n_merges.value()
        self._job.start(
            lambda token: train(text, n_merges, {name: other}, token), "Learning merges"
        )

    def show_at(self, n_merges: int) -> None:
        """Both texts with the first `n_merges` alone."""
        self.slider.setValue(n_merges)

    def report(self) -> dict[str, Any] | None:
        """For `token_report`."""
        found = self.trained
        return None if found is None else trained_entry(self._names[0], found, self._asked)

    # ---- the job ---------------------------------------------------------------------------

    def _on_learned(self, found: Trained) -> None:
        self.trained = found
        self._texts, self._names, self._asked, self._says_the_same = self._next
        self.rows.set_rows(found.merges)
        sizes = (found.n_bytes, found.n_tokens), (
            found.of_bytes[self._names[1]], found.held_out[self._names[1]],
        )  # fmt: skip
        self.curve.show_lines([
            Line(name, [n_bytes / max(1, n) for n in counts])
            for name, (n_bytes, counts) in zip(self._names, sizes, strict=True)
        ])  # fmt: skip
        self.slider.setRange(0, len(found.merges))
        self.slider.setValue(len(found.merges))
        self._show_cut()
        self._on_job()
        self._stack.setCurrentWidget(self._result)
        self.went_well.emit()

    def _on_failed(self, error: UserError) -> None:
        self.trained = None
        self.message.say(error.message, error.hint)
        self._stack.setCurrentWidget(self.message)

    def _on_stopped(self) -> None:
        if self.trained is None:
            self.message.say(STOPPED, "Press Learn to begin again.")
            self._stack.setCurrentWidget(self.message)

    def _on_job(self) -> None:
        show_running(self.form.learn_button, self.form.stop_button,
                     is_running=self._job.is_running)  # fmt: skip
        told = self._job.words if self._job.is_running else ""
        self.about.setText(told if told.startswith("Learned") else self._purpose)

    @property
    def _purpose(self) -> str:
        """What stands below may be of an older text."""
        is_old = self.trained is not None and self.form.learned_from.currentData() == OWN and \
            self._names[0] == OWN_NAME and self.form.own.text != self._texts[0]  # fmt: skip
        return CHANGED if is_old else PURPOSE

    # ---- showing ---------------------------------------------------------------------------

    def _show_cut(self) -> None:
        found, k = self.trained, self.slider.value()
        if found is None:
            return
        newest = found.merges[k - 1].token if k else b""
        for field, text in zip(self.fields, self._texts, strict=True):
            cells = [_cell(token, newest) for token in found.cut(text[:SHOWN_LETTERS], k)]
            ends = list(accumulate(len(cell.raw) for cell in cells))
            field.show_cells(cells, [0, *ends[:-1]], ends)
        counts = found.n_tokens[k], found.held_out[self._names[1]][k]
        for title, name, n in zip(self.titles, self._names, counts, strict=True):
            title.setText(f"{name}: {n:,} tokens after {k:,} merges")
        self.at.setText(f"{k:,} of {len(found.merges):,} merges")
        self.finding.setText(self._finding(found, k))
        self.curve.show_at(k, self.finding.text())
        if k:
            source = self.rows.index(k - 1, 0)
            self.table.scrollTo(self._shown_rows.mapFromSource(source))

    def _finding(self, found: Trained, k: int) -> str:
        (one, other), n_bytes = self._names, found.of_bytes[self._names[1]]
        own, held = found.n_tokens[k], found.held_out[other][k]
        one = one.replace(OWN_NAME, "your text")
        told = [f"A token holds {found.n_bytes / max(1, own):.2f} bytes of {one} and "
                f"{n_bytes / max(1, held):.2f} of {other}."]  # fmt: skip
        if k:
            merge = found.merges[k - 1]
            told.append(f"Merge {k:,} made “{_shortened(merge.token)}”, orange and underlined.")
        if self._says_the_same:
            told.append(f"The same articles take {held / max(1, own):.2f} times the tokens in "
                        f"{other}, and {n_bytes / found.n_bytes:.2f} times the bytes.")  # fmt: skip
        if len(found.merges) < self._asked:
            told.append("No other two neighbours stand twice, so it ended early.")
        if found.has_cut_words:
            told.append(f"Runs of letters without a blank are cut after {MOST_WORD_BYTES} bytes.")
        if found.is_cut:
            told.append(f"Only the first {size_text(MOST_BYTES)} were learned from.")
        return " ".join(told)

    def setTokens(self, tokens: Tokens) -> None:
        self.table.setFont(mono_font(tokens))
        self.table.set_widths(*map(tokens.px, WIDTHS_PX), stretch=1)
        self.table.setMinimumWidth(tokens.px(TABLE_PX))
        for field in self.fields:
            field.setMinimumHeight(tokens.px(FIELD_PX))

    def _on_file(self) -> None:
        self.form.choose_own()
        self.learn()

    def _lay_out(self) -> None:
        self._result = QSplitter(Qt.Orientation.Horizontal)
        self._result.setChildrenCollapsible(False)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(16, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.curve, 1)
        column.addLayout(row_of(self.slider, self.at, stretch=0))
        column.addWidget(self.finding)
        for title, field in zip(self.titles, self.fields, strict=True):
            column.addWidget(title)
            column.addWidget(field, 1)
        self._result.addWidget(self.table)
        self._result.addWidget(scrolled(right, "What the merges do"))
        self._result.setStretchFactor(0, 2)
        self._result.setStretchFactor(1, 3)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self._result)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(10)
        outer.addWidget(self.form)
        outer.addWidget(self.about)
        outer.addWidget(self._stack, 1)
        self.form.stop_button.hide()

    def _connect_signals(self) -> None:
        self.form.changed.connect(self.learn)
        self.form.stop_asked.connect(self._job.stop)
        self._job.changed.connect(self._on_job)
        self._job.finished.connect(self._on_learned)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._on_stopped)
        self.file.opened.connect(self._on_file)
        self.file.failed.connect(self.failed)
        self.form.own.changed.connect(self._on_job)
        self.slider.valueChanged.connect(lambda _value: self._show_cut())
        self.curve.chosen.connect(self.show_at)
        self.table.clicked.connect(self._on_row)
        self.table.failed.connect(self.failed)

    def _on_row(self) -> None:
        row = self._shown_rows.mapToSource(self.table.currentIndex()).row()
        self.show_at(self.rows.rows[row].rank + 1)


def _shortened(token: bytes) -> str:
    text = readable(token)
    return text if len(text) <= NAMED_LETTERS else f"{text[:NAMED_LETTERS]}…"


def _cell(token: bytes, newest: bytes) -> Cell:
    """Single bytes stay plain; what was learned is coloured, the newest otherwise and marked."""
    is_newest, is_learned = token == newest, len(token) > 1
    tone = NEWEST_TONE if is_newest else LEARNED_TONE if is_learned else None
    return Cell(
        readable(token), -1, raw=token, tone=tone, mark="newest" if is_newest else "",
        label=readable(token),
    )  # fmt: skip
