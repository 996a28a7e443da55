"""What every load took of the memory, beside what was forecast."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.telemetry.request_words import NOTHING, clock_text
from app.pages.telemetry.requests_tab import JournalWatch, empty_state
from app.widgets.data_table import DataTable
from app.widgets.parts import button, row_of, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.tokens import Tokens
from labs.telemetry.loads import LoadCost, mean_difference
from models.amounts import size_text
from models.errors import UserError

REFRESH_MS = 400
WIDTHS = (100, 200, 90, 110, 110, 110, 100, 130)
NAME = 1
LEAVE_FIRST = (3, 7, 2)  # cache, experience, context
NO_LOAD = "No load measured yet"
NO_LOAD_HINT = (
    "When a model of this machine has been loaded, what it took stands here beside its forecast."
)
ABOUT = (
    "Forecast: weights, attention cache (by its heads of keys and values), working memory and the "
    "engine. Measured: the most that the model’s process held after loading, with its context."
)


def difference_text(cost: LoadCost) -> str:
    return f"{100 * cost.difference:+.0f} %".replace("-", "−")


def learned_text(cost: LoadCost) -> str:
    return NOTHING if cost.learned_bytes is None else size_text(cost.learned_bytes)


COLUMNS: tuple[Column[LoadCost], ...] = (
    Column("When", lambda c: "before" if c.at_s is None else clock_text(c.at_s),
           lambda c: -(c.at_s or 0.0),
           tooltip=lambda c: "Remembered from an earlier load." if c.at_s is None else ""),
    Column("Model", lambda c: c.name, tooltip=lambda c: c.model),
    Column("Context", lambda c: f"{c.n_ctx:,}", lambda c: c.n_ctx, True),
    Column("Cache", lambda c: f"{c.settings.type_k}/{c.settings.type_v}",
           tooltip=lambda _: "Types of the keys and values in the attention cache."),
    Column("Forecast", lambda c: size_text(c.forecast_bytes), lambda c: c.forecast_bytes, True),
    Column("Measured", lambda c: size_text(c.measured_bytes), lambda c: c.measured_bytes, True),
    Column("Difference", difference_text, lambda c: c.difference, True),
    Column("With experience", learned_text, lambda c: c.learned_bytes or 0, True,
           lambda _: "The forecast with what other loads of this model took beyond theirs."),
)  # fmt: skip


def part_lines(cost: LoadCost) -> list[str]:
    """Each part of the sum, measured where it can be told apart."""
    lines = []
    for part in cost.parts:
        line = f"{part.name}: {size_text(part.forecast_bytes)} forecast"
        if part.measured_bytes is not None:
            line += f", {size_text(part.measured_bytes)} measured"
        lines.append(line)
    if cost.at_s is None:
        lines.append("Measured in an earlier load, as a whole only.")
    return [*lines, *filter(None, (cost.note,))]


def head_line(costs: Sequence[LoadCost]) -> str:
    off = mean_difference(costs)
    if off is None:
        return ""
    loads = "The forecast of this load was" if len(costs) == 1 else (
        f"Over {len(costs)} loads the forecast was"
    )  # fmt: skip
    mean = "" if len(costs) == 1 else " on average"
    return f"{loads} {100 * off:.0f} % off{mean}."


class LoadsTab(QWidget):
    """`failed` carries a UserError when an export cannot be written."""

    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context, self._tokens = context, Tokens()
        self.rows = RowsModel[LoadCost](COLUMNS, self)
        self._filtered = FilteredRows(self.rows, self)
        self.table = DataTable("Loads", self._filtered)
        self.table.set_widths(*WIDTHS, stretch=NAME)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at their ends
        self.head, self.parts = words("", "heading"), words("")
        self.copy = button("Copy", name="Copy the loads as text with tabs")
        self.export = button("Export as CSV…", name="Export the loads as CSV")
        self._stack = QStackedWidget()
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._watch = JournalWatch(self)
        self._lay_out()
        self._connect_signals()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._make_room()
        for column, width in enumerate(WIDTHS):
            self.table.horizontalHeader().resizeSection(column, tokens.px(width))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """In a job, because a graphics driver may be asked."""
        loads = self._context.loads

        def read() -> Generator[str, None, tuple[LoadCost, ...]]:
            yield "Looking at the loads"
            return loads.loads()

        job = self._context.jobs.start(lambda _: read())
        job.finished.connect(self.show_loads)
        job.failed.connect(self.failed)

    def show_loads(self, costs: tuple[LoadCost, ...]) -> None:
        if costs != self.rows.rows:
            self.rows.set_rows(costs)
        self.head.setText(head_line(costs))
        self._stack.setCurrentIndex(0 if costs else 1)
        if costs and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)

    def as_table(self) -> str:
        """What is on show, as CSV for a lab sheet. Raises UserError."""
        self.show_loads(self._context.loads.loads())
        if not self.rows.rows:
            raise UserError(f"{NO_LOAD}.", "Load a model, then keep the table.")
        return self.table.as_csv()

    def _make_room(self) -> None:
        """Hide columns, the least needed first, until the model's name has its room."""
        px = self._tokens.px
        room = self.width() - 72 - px(sum(WIDTHS))
        self.table.make_room(room, [(column, px(WIDTHS[column])) for column in LEAVE_FIRST])

    def _show_parts(self) -> None:
        indexes = self.table.selectionModel().selectedRows()
        one: LoadCost | None = indexes[0].data(RowRole) if len(indexes) == 1 else None
        self.parts.setText("\n".join(part_lines(one)) if one else "")

    def _on_changed(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _connect_signals(self) -> None:
        self.copy.clicked.connect(self.table.copy_rows)
        self.export.clicked.connect(self.table.ask_export)
        self.table.failed.connect(self.failed)
        self.table.selectionModel().selectionChanged.connect(self._show_parts)
        self._timer.timeout.connect(self.refresh)
        self._watch.changed.connect(self._on_changed, Qt.ConnectionType.QueuedConnection)
        stop = self._context.services.pool.subscribe(self._watch.changed.emit)
        self._watch.destroyed.connect(stop)

    def _lay_out(self) -> None:
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(8)
        column.addLayout(row_of(self.head, self.copy, self.export, stretch=0))
        column.addWidget(self.table, 1)
        column.addWidget(self.parts)
        column.addWidget(words(ABOUT, "small"))
        self.models_button = button("Choose a model to load", "primary")
        self.models_button.clicked.connect(lambda: self._context.navigation.open("models"))
        self._stack.addWidget(full)
        self._stack.addWidget(empty_state(NO_LOAD, NO_LOAD_HINT, self.models_button))
        self._stack.setCurrentIndex(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
