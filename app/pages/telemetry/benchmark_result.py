"""What was measured: a table with every spread, single readings as points, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.widgets.chart.chart_card import ChartCard
from app.widgets.fitting_table import FittingTable
from app.widgets.parts import button, clear, row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowsModel
from app.widgets.turns import in_turns
from labs.benchmark.charts import readings_chart
from labs.benchmark.results import Benchmark, Kind
from labs.benchmark.side_by_side import lines_together, notes_together
from labs.benchmark.words import Line, heading

WIDTHS = (150, 190, 80, 106, 122, 122, 118, 92)
LETTER_PX, PADDING_PX = 7, 24  # a short name, such as a time, gives its room to the others
WHICH, RANGE, MEAN = 0, 5, 6
EXPORTED_ONLY = (8, 9)
LEAVE_FIRST = (MEAN, RANGE)  # where there is no room for all
DAY, TIME = "%d %b %Y", "%d %b %Y, %H:%M"
SHOW, HIDE = "Show every reading", "Hide the single readings"


def _column(title: str, at: int, tooltip: str = "") -> Column[Line]:
    return Column(title, lambda line: line.cells[at], tooltip=lambda _line: tooltip)


COLUMNS: tuple[Column[Line], ...] = (
    Column("Which", lambda line: line.name, tooltip=lambda line: line.name),
    Column("What", lambda line: line.what, tooltip=lambda line: line.what),
    _column("Setting", 1),
    Column("Median", lambda line: line.cells[2], lambda line: line.spread.median, is_number=True),
    _column("Middle half", 3, "A quarter of the readings is slower, a quarter faster."),
    _column("Slowest, fastest", 4),
    _column("Mean ± sd", 5, "Mean and sample standard deviation, as llama-bench tells them."),
    Column("Readings", lambda line: line.cells[6], tooltip=lambda line: line.in_order),
    Column("In order", lambda line: line.in_order),
    Column("Model", lambda line: line.model),
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
        self.every = words("", "secondary")
        self.every_button = button(SHOW, "link")
        self.copy = button("Copy", name="Copy the results as text with tabs")
        self.export = button("Export as CSV…", name="Export the results as CSV")
        self._lay_out()
        self.copy.clicked.connect(self.table.copy_rows)
        self.export.clicked.connect(self.table.ask_export)
        self.every_button.clicked.connect(lambda: self._show_every(self.every.isHidden()))
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
        """The table at once, and what stands below it in turns: all together is felt."""
        self._show_table(benchmarks)
        shown = self.benchmarks
        parts = (lambda: self._show_notes(shown), lambda: self._show_chart(shown, "read"),
                 lambda: self._show_chart(shown, "write"))  # fmt: skip
        in_turns(self, *(partial(self._while_shown, shown, part) for part in parts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    # ---- inside ----------------------------------------------------------------------------

    def _make_room(self) -> None:
        """Hide columns where a name would be cut instead; copies and exports have them."""
        tokens = self._context.theme.tokens
        px = tokens.px
        longest = max((len(line.name) for line in self.rows.rows), default=0)
        which = min(WIDTHS[WHICH], PADDING_PX + LETTER_PX * longest)
        self.table.set_width(WHICH, which)
        wanted = sum(WIDTHS[WHICH + 1 :])
        wanted += 0 if self.table.isColumnHidden(WHICH) else which
        room = self.width() - px(wanted)
        self.table.make_room(room, [(column, px(WIDTHS[column])) for column in LEAVE_FIRST])
        self.table.setTokens(tokens)

    def _while_shown(self, benchmarks: tuple[Benchmark, ...], part: Callable[[], object]) -> None:
        if benchmarks is self.benchmarks:
            part()

    def _show_chart(self, benchmarks: Sequence[Benchmark], kind: Kind) -> None:
        chart = readings_chart(benchmarks, kind)
        self.charts[kind].setVisible(chart is not None)
        if chart is not None:
            self.charts[kind].chart.show_chart(chart, simulated=_all_simulated(benchmarks))

    def _show_every(self, is_open: bool) -> None:
        self.every.setVisible(is_open)
        self.every_button.setText(HIDE if is_open else SHOW)
        self.every_button.setAccessibleName(self.every_button.text())

    def _show_table(self, benchmarks: Sequence[Benchmark]) -> None:
        self.benchmarks = tuple(benchmarks)
        lines = lines_together(benchmarks)
        self.setVisible(bool(lines))
        if not lines:
            return
        several = len(benchmarks) > 1
        self.table.setColumnHidden(WHICH, not several)
        if self.rows.has_same(lines, lambda line: (line.name, line.what, line.setting)):
            self.rows.update_rows(lines)
        else:
            self.rows.set_rows(lines)
        self._make_room()
        self.every.setText("\n".join(_every(line, several=several) for line in lines))
        first = benchmarks[0]
        self.title.setText(_title(benchmarks))
        self.about.setText(" · ".join(filter(None, (
            "" if several else heading(first).removeprefix(f"{first.model.name}, "),
            *dict.fromkeys(_when(each.started_at, DAY if several else TIME) for each in benchmarks),
            *dict.fromkeys(each.machine.processor for each in benchmarks if each.machine),
        ))))  # fmt: skip

    def _show_notes(self, benchmarks: Sequence[Benchmark]) -> None:
        clear(self._notes)
        for name, note in notes_together(benchmarks):
            role = "warning" if note.startswith(("Partial", "Not measured:", "During")) else ""
            self._notes.addWidget(words(f"{name}: {note}" if name else note, role))

    def _lay_out(self) -> None:
        self._notes = QVBoxLayout()
        self._notes.setSpacing(8)
        for place in EXPORTED_ONLY:
            self.table.setColumnHidden(place, True)
        self._show_every(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row_of(self.title, self.copy, self.export, stretch=0))
        column.addWidget(self.about)
        column.addWidget(self.table)
        column.addLayout(row_of(self.every_button, stretch=-1))
        column.addWidget(self.every)
        column.addLayout(self._notes)
        for card in self.charts.values():
            column.addWidget(card)


def _all_simulated(benchmarks: Sequence[Benchmark]) -> bool:
    return all(benchmark.model.format == "sim" for benchmark in benchmarks)


def _title(benchmarks: Sequence[Benchmark]) -> str:
    measured = [each.model.name for each in benchmarks if each.has_readings]
    if len(measured) == 1:
        return measured[0]
    of_one = f" of {measured[0]}" if len(set(measured)) == 1 else ""
    return f"{len(measured)} benchmarks{of_one}"


def _every(line: Line, *, several: bool) -> str:
    name = f"{line.name}, " if several else ""
    return f"{name}{line.what}, {line.setting}: {line.in_order}"


def _when(moment: str, form: str) -> str:
    return datetime.fromisoformat(moment).strftime(form)
