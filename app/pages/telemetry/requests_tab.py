"""The last requests with what they took, and the chosen one on the time axis."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.pages.telemetry.request_card import RequestCard
from app.pages.telemetry.request_words import columns, model_name, who_text
from app.widgets.data_table import DataTable
from app.widgets.parts import button, row_of, scrolled, words
from app.widgets.rows_model import FilteredRows, RowRole, RowsModel
from app.widgets.tokens import Tokens
from labs.telemetry.journal import Cost
from models.errors import UserError

REFRESH_MS = 250
WIDTHS = (80, 180, 140, 112, 70, 76, 80, 86, 132, 108)
MODEL, READ = 1, 3
LEAVE_FIRST = (9, 4, 7, 2, 5)
ANYBODY = "Asked by anybody"
NOTHING = "No request yet"
NOTHING_HINT = (
    "Everything that a model is asked from now on stands here: by the chat, a run, a comparison or "
    "the server, with its tokens, its speed and its energy."
)


class JournalWatch(QObject):
    """Brings the journal's word, which comes on any thread, into the window's."""

    changed = Signal()


class RequestsTab(QWidget):
    """`failed` carries a UserError when an export cannot be written."""

    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._names: dict[str, str] = {}
        self._tokens = Tokens()
        self.rows = RowsModel[Cost](columns(self._name_of), self)
        self._filtered = FilteredRows(self.rows, self)
        self.table = DataTable("Requests", self._filtered)
        self.table.set_widths(*WIDTHS, stretch=MODEL)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at their ends
        self.search = QLineEdit(placeholderText="Search requests")
        self.search.setAccessibleName("Search requests")
        self.search.setClearButtonEnabled(True)
        self.who = QComboBox()
        self.who.setAccessibleName("Who asked")
        self.who.addItem(ANYBODY, "")
        self.copy = button("Copy", name="Copy the requests as text with tabs")
        self.export = button("Export as CSV…", name="Export the requests as CSV")
        self.card = RequestCard(context, self._name_of)
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
        if not self.selected():
            self.choose_first()

    def refresh(self) -> None:
        self.show_costs(tuple(reversed(self._context.journal.costs)))

    def show_costs(self, costs: Sequence[Cost]) -> None:
        """The newest first; what is chosen stays so."""
        if not self.rows.follow(costs, lambda cost: cost.request.number):
            chosen = {cost.request.number for cost in self.selected()}
            self.rows.set_rows(costs)
            self._choose(chosen)
        self._offer_askers(costs)
        self._stack.setCurrentIndex(0 if costs else 1)
        self._show_chosen()

    def selected(self) -> list[Cost]:
        """In the order of the table."""
        # By spans: of a thousand rows the view's own list takes longer than a frame.
        chosen = self.table.selectionModel().selection()
        spans = [chosen.at(place) for place in range(chosen.count())]
        rows = {row for span in spans for row in range(span.top(), span.bottom() + 1)}
        return [self._filtered.index(row, 0).data(RowRole) for row in sorted(rows)]

    def choose_first(self) -> None:
        if self._filtered.rowCount():
            self.table.selectRow(0)

    def as_table(self) -> str:
        """What is on show, as CSV for a lab sheet. Raises UserError."""
        self.refresh()
        if not self.rows.rows:
            raise UserError(f"{NOTHING}.", "Ask a model something, then keep the table.")
        return self.table.as_csv()

    # ---- inside --------------------------------------------------------------------------------

    def _make_room(self) -> None:
        """Hide columns, the least needed first, until the model's name has its room."""
        px = self._tokens.px
        room = self.width() - 72 - px(sum(WIDTHS))
        self.table.make_room(room, [(column, px(WIDTHS[column])) for column in LEAVE_FIRST])

    def _choose(self, numbers: set[int]) -> None:
        """All at once: every change of the selection reads the whole of it."""
        if not numbers:
            return
        found = QItemSelection()
        for row in range(self._filtered.rowCount()):
            index = self._filtered.index(row, 0)
            if index.data(RowRole).request.number in numbers:
                found.select(index, index)
        model, flag = self.table.selectionModel(), QItemSelectionModel.SelectionFlag
        if found.indexes():
            model.setCurrentIndex(found.indexes()[0], flag.NoUpdate)
        model.select(found, flag.Select | flag.Rows)

    def _offer_askers(self, costs: Sequence[Cost]) -> None:
        known = {self.who.itemData(place) for place in range(self.who.count())}
        for cost in reversed(costs):
            if cost.request.who not in known:
                known.add(cost.request.who)
                self.who.addItem(who_text(cost.request), cost.request.who)

    def _on_who(self) -> None:
        wanted = self.who.currentData()
        self._filtered.keep(lambda cost: not wanted or cost.request.who == wanted)

    def _show_chosen(self) -> None:
        self.card.show_costs(self.selected())

    def _on_changed(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _name_of(self, model: str) -> str:
        if model not in self._names:
            entry = self._context.services.library.find(model)
            self._names[model] = entry.name if entry else model_name(model)
        return self._names[model]

    def _connect_signals(self) -> None:
        self.search.textChanged.connect(self._filtered.search)
        self.who.currentIndexChanged.connect(self._on_who)
        self.copy.clicked.connect(self.table.copy_rows)
        self.export.clicked.connect(self.table.ask_export)
        self.table.failed.connect(self.failed)
        self.card.failed.connect(self.failed)
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self._timer.timeout.connect(self.refresh)
        self._watch.changed.connect(self._on_changed, Qt.ConnectionType.QueuedConnection)
        stop = self._context.journal.subscribe(self._watch.changed.emit)
        self._watch.destroyed.connect(stop)

    def _lay_out(self) -> None:
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(24, 12, 24, 8)
        column.setSpacing(8)
        column.addLayout(row_of(self.search, self.who, self.copy, self.export, stretch=0))
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setObjectName("requests-splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(upper)
        splitter.addWidget(scrolled(self.card, "The chosen request"))
        splitter.setSizes([300, 420])
        self._stack.addWidget(splitter)
        self._stack.addWidget(self._empty())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._stack.setCurrentIndex(1)

    def _empty(self) -> QWidget:
        self.ask_button = button("Ask something in the chat", "primary")
        self.ask_button.clicked.connect(lambda: self._context.navigation.open("chat"))
        return empty_state(NOTHING, NOTHING_HINT, self.ask_button)


def empty_state(title: str, hint: str, way: QPushButton) -> QWidget:
    """What the tab is for, and the button that fills it."""
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addStretch(2)
    for label in (words(title, "heading"), words(hint, "secondary")):
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label)
    column.addWidget(way, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(3)
    empty = QWidget()
    row = QHBoxLayout(empty)
    row.addStretch(1)
    row.addLayout(column, 4)
    row.addStretch(1)
    return empty
