"""The table of every connection asked for since the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.pages.network.words import COLUMNS, Row, rows_of
from app.widgets.data_table import DataTable
from app.widgets.rows_model import FilteredRows, Index, RowsModel
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from models.network import Attempt

NOTHING = "Nothing has asked for a connection since the start."
NOTHING_HINT = (
    "Whatever asks is listed here: when, who, where to, and whether it was let out and why."
)
NO_FIT = "Nothing fits the filter."
WIDTHS = (84, 200, 190, 130, 200)
OUTCOME, WHY = 3, 4  # the reason is the longest, and takes what is left
LEAST_ROWS, MOST_ROWS, ROW_PX, EDGES_PX = 3, 10, 34, 8


class ConnectionRows(RowsModel[Row]):
    """The outcome is coloured, and a screen reader hears a row as one sentence."""

    tokens = Tokens()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role == Qt.ItemDataRole.ForegroundRole and index.column() == OUTCOME:
            is_allowed = self.rows[index.row()].last.allowed
            return QColor(self.tokens.warning if is_allowed else self.tokens.text_secondary)
        return super().data(index, role)


class Connections(QWidget):
    """`failed` carries a UserError when an export cannot be written."""

    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self.rows = ConnectionRows(COLUMNS, self)
        self._shown = FilteredRows(self.rows, self)
        self.table = DataTable("Connections asked for", self._shown)
        self.table.set_widths(*WIDTHS, stretch=WHY)
        self.filter = QLineEdit(placeholderText="Filter by who, where or why")
        self.filter.setAccessibleName("Filter the connections")
        self.filter.setClearButtonEnabled(True)
        self.outcome = QComboBox()
        self.outcome.setAccessibleName("Which outcomes are shown")
        for words, allowed in (("All", None), ("Refused", False), ("Allowed", True)):
            self.outcome.addItem(words, allowed)
        keep_still(self.outcome)
        self.copy = _quiet("Copy", "Copy the rows as text with tabs")
        self.export = _quiet("Export as CSV…", "Export the rows as CSV")
        self.nothing = QLabel(NOTHING, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._hint = QLabel(NOTHING_HINT, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self.show_attempts(())

    def show_attempts(self, attempts: Sequence[Attempt]) -> None:
        """The newest come first; where nothing is new, selection and scrolling stay."""
        rows = rows_of(attempts)
        if rows != self.rows.rows:
            self.rows.set_rows(rows)
        self._settle()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = self.rows.tokens = tokens
        for column, width in enumerate(WIDTHS):
            self.table.horizontalHeader().resizeSection(column, tokens.px(width))
        self._settle()

    def _lay_out(self) -> None:
        heading = QLabel("Connections asked for")
        heading.setProperty("role", "heading")
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(8)
        tools.addWidget(self.filter, 1)
        for widget in (self.outcome, self.copy, self.export):
            tools.addWidget(widget)
        self._stack.addWidget(self._empty_card())
        self._stack.addWidget(self.table)  # not first, or it would be dressed to be seen
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(self._tools)
        column.addWidget(self._stack)

    def _empty_card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        self._hint.setProperty("role", "small")
        self._hint.setWordWrap(True)
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 24, 16, 24)
        column.setSpacing(4)
        column.addStretch(1)
        column.addWidget(self.nothing)
        column.addWidget(self._hint)
        column.addStretch(1)
        return card

    def _connect_signals(self) -> None:
        self.filter.textChanged.connect(self._on_filter)
        self.outcome.currentIndexChanged.connect(self._on_outcome)
        self.copy.clicked.connect(self.table.copy_rows)
        self.export.clicked.connect(self.table.ask_export)
        self.table.failed.connect(self.failed)

    def _on_filter(self, query: str) -> None:
        self._shown.search(query)
        self._settle()

    def _on_outcome(self) -> None:
        wanted = self.outcome.currentData()
        self._shown.keep(lambda row: wanted is None or row.last.allowed is wanted)
        self._settle()

    def _settle(self) -> None:
        """As high as its rows, within bounds; words where there are none."""
        count = self._shown.rowCount()
        is_empty = not self.rows.rows
        self._tools.setVisible(not is_empty)
        self.nothing.setText(NOTHING if is_empty else NO_FIT)
        self._hint.setVisible(is_empty)
        self._stack.setCurrentIndex(1 if count else 0)
        rows = min(max(count, LEAST_ROWS), MOST_ROWS)
        self._stack.setFixedHeight(self._tokens.px(ROW_PX) * (rows + 1) + EDGES_PX)


def _quiet(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(name)
    return button
