"""The answers that changed: filtered by direction, sorted by any column."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QVBoxLayout, QWidget

from app.pages.quantization.flips_work import FlipRow, Found
from app.widgets.fitting_table import FittingTable
from app.widgets.parts import row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.still import keep_still
from labs.experiments.report.answer_words import outcome_words
from labs.quantization.flip_words import CHANGE_WORDS
from labs.quantization.flips import Change

ALL = "All changes"
WIDTHS = (220, 130, 60, 84, 84, 130, 92, 88)  # in pixels at 100 %
MOST_ROWS = 9


def _columns(first: str, second: str) -> tuple[Column[FlipRow], ...]:
    return (
        Column("Question", lambda row: " ".join(row.question.split()), None, False,
               lambda row: row.question),
        Column("Format", lambda row: row.condition),
        Column("Right", lambda row: row.pair.first.truth),
        Column(f"{first} says", lambda row: outcome_words(row.pair.outcomes[0])),
        Column(f"{second} says", lambda row: outcome_words(row.pair.outcomes[1])),
        Column("Change", lambda row: CHANGE_WORDS[row.pair.change]),
        Column("Lean before", lambda row: row.leans[0], lambda row: _share(row.leans[0]), True,
               lambda _row: LEAN),
        Column("Lean after", lambda row: row.leans[1], lambda row: _share(row.leans[1]), True,
               lambda _row: LEAN),
    )  # fmt: skip


LEAN = "How much of the probability of all answers the right one has."


def _share(text: str) -> float:
    return float(text.removesuffix(" %")) if text else -1.0


class FlipList(QWidget):
    """`chosen` carries a FlipRow."""

    chosen = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.filter = QComboBox()
        self.filter.setAccessibleName("Which changes are listed")
        self.count = words("", "small", wrap=False)
        self.rows = RowsModel[FlipRow](_columns("From", "To"), self)
        self._filtered = FilteredRows(self.rows, self)
        self.table = FittingTable("Answers that changed", self._filtered, WIDTHS, most=MOST_ROWS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.failed.connect(self.failed)
        self.filter.currentIndexChanged.connect(self._on_filter)
        keep_still(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row_of(self.filter, self.count, stretch=-1))
        column.addWidget(self.table)

    def show_found(self, found: Found) -> None:
        present = [c for c in CHANGE_WORDS if c and found.flips.count(c)]
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(f"{ALL} ({len(found.rows):,})", "")
        for change in present:
            self.filter.addItem(f"{CHANGE_WORDS[change]} ({found.flips.count(change):,})", change)
        self.filter.blockSignals(False)
        self.rows.set_rows(found.rows)
        self._on_filter()

    def show_only(self, change: Change) -> None:
        self.filter.setCurrentIndex(max(0, self.filter.findData(change)))

    def choose_nothing(self) -> None:
        """A click on the same answer opens it again."""
        self.table.setCurrentIndex(QModelIndex())

    def _on_filter(self) -> None:
        wanted = self.filter.currentData()
        self._filtered.keep(lambda row: not wanted or row.pair.change == wanted)
        self.table.fit()
        shown = self._filtered.rowCount()
        self.count.setText("Click an answer to see both sides whole." if shown else "")

    def _on_row(self, index: QModelIndex) -> None:
        row = index.data(RowRole)
        if row is not None:
            self.chosen.emit(row)
