"""What was measured: a table with every spread, single readings as points, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.widgets.chart.chart_card import ChartCard
from app.widgets.fitting_table import FittingTable
from app.widgets.parts import button, clear, row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowsModel
from labs.benchmark.charts import readings_chart
from labs.benchmark.results import Benchmark, Kind
from labs.benchmark.words import Line, heading, lines_of, notes

WIDTHS = (170, 226, 80, 110, 112, 118, 116, 100)
MODEL, RANGE = 0, 5  # the range leaves first where there is no room for all
BUSY = "Repetitions while other programs kept the processor busy; they count in the figures."


def _column(title: str, at: int, tooltip: str = "") -> Column[Line]:
    return Column(title, lambda line: line.cells[at], tooltip=lambda _line: tooltip)


COLUMNS: tuple[Column[Line], ...] = (
    Column("Model", lambda line: line.model, tooltip=lambda line: line.model),
    Column("What", lambda line: line.what, tooltip=lambda line: line.what),
    _column("Setting", 1),
    Column("Median", lambda line: line.cells[2], lambda line: line.spread.median, is_number=True),
    _column("Middle half", 3, "A quarter of the readings is slower, a quarter faster."),
    _column("Slowest, fastest", 4),
    _column("Mean ± sd", 5, "Mean and sample standard deviation, as llama-bench tells them."),
    _column("Readings", 6, BUSY),
)


class BenchmarkResult(QWidget):
    """`failed` carries a UserError when an export cannot be written."""

    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.benchmarks: tuple[Benchmark, ...] = ()
        self.rows = RowsModel[Line](COLUMNS, self)
        self.table = FittingTable("Results", FilteredRows(self.rows, self), WIDTHS, stretch=1)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at their ends
        self.charts = {
            kind: ChartCard(context.jobs, context.notices, f"the chart of {name}")
            for kind, name in (("read", "reading"), ("write", "writing"))
        }
        self.title = words("", "heading")
        self.about = words("", "secondary")
        self.copy = button("Copy", name="Copy the results as text with tabs")
        self.export = button("Export as CSV…", name="Export the results as CSV")
        self._lay_out()
        self.copy.clicked.connect(self.table.copy_rows)
        self.export.clicked.connect(self.table.ask_export)
        self.table.failed.connect(self.failed)
        for card in self.charts.values():
            card.chart.failed.connect(self.failed)
        self.hide()

    def show_readings(self, benchmarks: Sequence[Benchmark]) -> None:
        """While it runs the table alone: drawing would take the processor from the model."""
        self._show_table(benchmarks)
        for card in self.charts.values():
            card.hide()
        self._show_notes(())

    def show_benchmarks(self, benchmarks: Sequence[Benchmark]) -> None:
        self._show_table(benchmarks)
        kinds: tuple[Kind, ...] = ("read", "write")
        for kind in kinds:
            chart = readings_chart(benchmarks, kind)
            self.charts[kind].setVisible(chart is not None)
            if chart is not None:
                self.charts[kind].chart.show_chart(chart, simulated=_all_simulated(benchmarks))
        self._show_notes(benchmarks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    # ---- inside ----------------------------------------------------------------------------

    def _make_room(self) -> None:
        """Hide the range where a name would be cut instead; copies and exports have it."""
        tokens = self._context.theme.tokens
        wanted = sum(WIDTHS) - (WIDTHS[MODEL] if self.table.isColumnHidden(MODEL) else 0)
        self.table.setColumnHidden(RANGE, self.width() < tokens.px(wanted))
        self.table.setTokens(tokens)

    def _show_table(self, benchmarks: Sequence[Benchmark]) -> None:
        self.benchmarks = tuple(benchmarks)
        lines = tuple(line for benchmark in benchmarks for line in lines_of(benchmark))
        self.setVisible(bool(lines))
        if not lines:
            return
        several = len(benchmarks) > 1
        self.table.setColumnHidden(MODEL, not several)
        if self.rows.has_same(lines, lambda line: (line.model, line.what, line.setting)):
            self.rows.update_rows(lines)
        else:
            self.rows.set_rows(lines)
        self._make_room()
        first = benchmarks[0]
        self.title.setText(f"{len(benchmarks)} benchmarks" if several else first.model.name)
        self.about.setText(" · ".join(filter(None, (
            "" if several else heading(first).removeprefix(f"{first.model.name}, "),
            _when(first.started_at),
            first.machine.processor if first.machine else "",
        ))))  # fmt: skip

    def _show_notes(self, benchmarks: Sequence[Benchmark]) -> None:
        clear(self._notes)
        for benchmark in benchmarks:
            name = f"{benchmark.model.name}: " if len(benchmarks) > 1 else ""
            for note in notes(benchmark):
                role = "warning" if note.startswith(("Partial", "During")) else ""
                self._notes.addWidget(words(f"{name}{note}", role))

    def _lay_out(self) -> None:
        self._notes = QVBoxLayout()
        self._notes.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row_of(self.title, self.copy, self.export, stretch=0))
        column.addWidget(self.about)
        column.addWidget(self.table)
        column.addLayout(self._notes)
        for card in self.charts.values():
            column.addWidget(card)


def _all_simulated(benchmarks: Sequence[Benchmark]) -> bool:
    return all(benchmark.model.format == "sim" for benchmark in benchmarks)


def _when(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%d %b %Y, %H:%M")
