"""Benchmarks that were made here, to open again, side by side, or to put away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.fitting_table import FittingTable
from app.widgets.parts import button, row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from labs.benchmark.kept import Kept
from labs.benchmark.results import Kind
from labs.benchmark.words import number_text, threads_text

EMPTY = "Each benchmark is kept and listed here."
SEVERAL = "Choose several to see them side by side."
WIDTHS = (240, 112, 112, 112, 88, 178)
MOST_ROWS = 8


def name_text(kept: Kept) -> str:
    """Of one that cannot be read what is wrong, in short."""
    if kept.benchmark:
        return kept.benchmark.model.name
    problem = kept.problem.partition(": ")[0].rstrip(".")
    return problem if kept.path.name in problem else f"{kept.path.name}: {problem}"


def _speed(kept: Kept, kind: Kind) -> float:
    test = kept.benchmark.best(kind) if kept.benchmark else None
    return test.spread.median if test and test.spread else 0.0


def _speed_text(kept: Kept, kind: Kind) -> str:
    speed = _speed(kept, kind)
    return f"{number_text(speed)} tokens/s" if speed else "–"


def _chatted(kept: Kept) -> str:
    chatted = kept.benchmark.chatted if kept.benchmark else None
    spread = chatted.write_speed if chatted else None
    return f"{number_text(spread.median)} tokens/s" if spread else "–"


def _threads(kept: Kept) -> str:
    tests = kept.benchmark.tests if kept.benchmark else ()
    counts = sorted({test.threads for test in tests})
    if len(counts) > 1:
        return ", ".join(map(str, counts))
    return threads_text(counts[0]) if counts else "–"


def when_text(kept: Kept) -> str:
    """With the year where it is another."""
    if not kept.benchmark:
        return ""
    partial = " (partial)" if kept.benchmark.is_partial else ""
    moment = datetime.fromisoformat(kept.benchmark.started_at)
    year = "" if moment.year == date.today().year else " %Y"
    return f"{moment:%d %b{year}, %H:%M}{partial}"


COLUMNS: tuple[Column[Kept], ...] = (
    Column("Model", name_text, tooltip=lambda kept: kept.problem or str(kept.path)),
    Column("Reads", lambda kept: _speed_text(kept, "read"), lambda kept: _speed(kept, "read"),
           is_number=True),
    Column("Writes", lambda kept: _speed_text(kept, "write"), lambda kept: _speed(kept, "write"),
           is_number=True),
    Column("As chatted", _chatted, is_number=True),
    Column("Threads", _threads),
    Column("Date", when_text, lambda kept: kept.path.name),
)  # fmt: skip


class BenchmarkList(QWidget):
    """Signals carry the files of benchmarks."""

    open_asked = Signal(object)
    bin_asked = Signal(object)
    bin_shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowsModel[Kept](COLUMNS, self)
        filtered = FilteredRows(self.rows, self)
        self.table = FittingTable("My benchmarks", filtered, WIDTHS, stretch=0, most=MOST_ROWS)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at their ends
        self.empty = words(EMPTY, "secondary")
        self.open_button = button("Open", name="Open the selected benchmarks")
        self.bin_button = button("Bin", name="Move the selected benchmarks to the bin")
        self.to_bin = button("", "quiet")
        self.several = words(SEVERAL, "small", wrap=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(words("My benchmarks", "heading"))
        column.addWidget(self.empty)
        column.addWidget(self.table)
        foot = row_of(self.open_button, self.bin_button, self.several, stretch=-1)
        foot.addWidget(self.to_bin)
        column.addLayout(foot)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.activated.connect(self._on_open)
        self.open_button.clicked.connect(self._on_open)
        self.bin_button.clicked.connect(self._on_bin)
        self.to_bin.clicked.connect(self.bin_shown)
        self.show_rows(())
        self.show_bin_count(0)

    def show_rows(self, rows: Sequence[Kept]) -> None:
        self.rows.set_rows(tuple(rows))
        self.table.fit()
        self.empty.setVisible(not rows)
        for widget in (self.table, self.open_button, self.bin_button):
            widget.setVisible(bool(rows))
        self.several.setVisible(len(rows) > 1)
        if rows:
            self.table.selectRow(0)
        self._on_selection()

    def show_bin_count(self, count: int) -> None:
        self.to_bin.setText(f"In the bin ({count})")
        self.to_bin.setAccessibleName(f"Look into the bin, {count} benchmarks")
        self.to_bin.setVisible(count > 0)

    def selected(self) -> list[Kept]:
        return [index.data(RowRole) for index in self.table.selectionModel().selectedRows()]

    def _on_selection(self) -> None:
        rows = self.selected()
        self.open_button.setEnabled(bool(rows) and all(row.benchmark for row in rows))
        self.bin_button.setEnabled(bool(rows))

    def _on_open(self) -> None:
        rows = self.selected()
        if rows and all(row.benchmark for row in rows):
            self.open_asked.emit([row.path for row in rows])

    def _on_bin(self) -> None:
        self.bin_asked.emit([row.path for row in self.selected()])
