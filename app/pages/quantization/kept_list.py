"""Comparisons that were made here, to open again or to put away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.fitting_table import FittingTable
from app.widgets.parts import button, row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from labs.quantization.kept import KeptRow
from labs.quantization.naming import short_labels
from models.errors import UserError

EMPTY = "Each comparison is kept and listed here."
WIDTHS = (190, 190, 150, 84, 170, 150)
MOST_ROWS = 8


def others_text(row: KeptRow) -> str:
    return row.problem or ", ".join(short_labels((row.base, *row.others))[1:])


def divergence_text(row: KeptRow) -> str:
    return ", ".join("–" if value is None else f"{value:.3g}" for value in row.divergences)


def windows_text(row: KeptRow) -> str:
    return "" if row.problem else f"{row.n_windows}{' (partial)' if row.is_partial else ''}"


def date_text(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment).strftime("%d %b %Y, %H:%M")
    except ValueError:
        return moment


COLUMNS: tuple[Column[KeptRow], ...] = (
    Column("Base", lambda row: row.base, tooltip=lambda row: str(row.path)),
    Column("Compared with", others_text, tooltip=others_text),
    Column("Mean divergence", divergence_text, tooltip=lambda _row: "In nats, in the same order."),
    Column("Windows", windows_text, lambda row: row.n_windows, is_number=True),
    Column("Text", lambda row: ", ".join(row.texts), tooltip=lambda row: ", ".join(row.texts)),
    Column("Date", lambda row: date_text(row.finished_at), lambda row: row.finished_at),
)  # fmt: skip


class KeptList(QWidget):
    """Signals carry the file of a comparison, `bin_asked` those of all that are selected."""

    open_asked = Signal(object)
    bin_asked = Signal(object)
    bin_shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowsModel[KeptRow](COLUMNS, self)
        filtered = FilteredRows(self.rows, self)
        self.table = FittingTable("My comparisons", filtered, WIDTHS, stretch=1, most=MOST_ROWS)
        self.empty = words(EMPTY, "secondary")
        self.open_button = button("Open", name="Open the selected comparison")
        self.bin_button = button("Bin", name="Move the selected comparison to the bin")
        self.to_bin = button("", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(words("My comparisons", "heading"))
        column.addWidget(self.empty)
        column.addWidget(self.table)
        self._foot = row_of(self.open_button, self.bin_button, stretch=-1)
        self._foot.addWidget(self.to_bin)
        column.addLayout(self._foot)
        self._connect_signals()
        self.show_rows(())
        self.show_bin_count(0)

    def show_rows(self, rows: Sequence[KeptRow]) -> None:
        self.rows.set_rows(tuple(rows))
        self.table.fit()
        self.empty.setText(EMPTY)
        self.empty.setVisible(not rows)
        for widget in (self.table, self.open_button, self.bin_button):
            widget.setVisible(bool(rows))
        if rows:
            self.table.selectRow(0)
        self._on_selection()

    def show_problem(self, error: UserError) -> None:
        """Why it is not known which there are."""
        self.show_rows(())
        self.empty.setText(str(error))

    def show_bin_count(self, count: int) -> None:
        self.to_bin.setText(f"In the bin ({count})")
        self.to_bin.setAccessibleName(f"Look into the bin, {count} comparisons")
        self.to_bin.setVisible(count > 0)

    def selected(self) -> list[KeptRow]:
        return [index.data(RowRole) for index in self.table.selectionModel().selectedRows()]

    def _on_selection(self) -> None:
        rows = self.selected()
        self.open_button.setEnabled(len(rows) == 1 and not rows[0].problem)
        self.bin_button.setEnabled(bool(rows))

    def _on_open(self) -> None:
        rows = self.selected()
        if len(rows) == 1 and not rows[0].problem:
            self.open_asked.emit(rows[0].path)

    def _on_bin(self) -> None:
        self.bin_asked.emit([row.path for row in self.selected()])

    def _connect_signals(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.activated.connect(self._on_open)
        self.open_button.clicked.connect(self._on_open)
        self.bin_button.clicked.connect(self._on_bin)
        self.to_bin.clicked.connect(self.bin_shown)
        action = QAction("Open", self.table)
        action.triggered.connect(self._on_open)
        self.table.insertAction(self.table.copy_action, action)
