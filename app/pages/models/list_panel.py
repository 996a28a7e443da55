"""The left half of the Models page: search, places, and the table of models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.pages.models.columns import MODEL_COLUMNS, ListedModel
from app.widgets.data_table import DataTable
from app.widgets.fit_mark import fit_colour, fit_icon
from app.widgets.rows_model import FilteredRows, Index, RowRole, RowsModel
from app.widgets.state_dot import dot_icon
from app.widgets.tokens import Tokens
from models.library.entry import ModelEntry

_FIT_COLUMN = 4
_WIDTHS = (260, 78, 96, 88, 120, 104)
_NAME_PX = 200  # the name stays readable; these columns make room first
_LEAVE_FIRST = (2, 5, 1, 3, _FIT_COLUMN)
_EVERYWHERE = "All places"


class ModelRows(RowsModel[ListedModel]):
    """The table's rows with the colour of the verdict and the dot of a loaded model."""

    tokens = Tokens()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._decoration(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == _FIT_COLUMN:
            bad = self.tokens.danger
            return QColor(fit_colour(self.tokens, row.verdict) if row.verdict else bad)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            state = f", {row.state}" if row.state else ""
            problem = f", {row.entry.problem}" if row.entry.problem else ""
            return f"{row.entry.name}{state}{problem}"
        return super().data(index, role)

    def _decoration(self, row: ListedModel, column: int) -> QIcon | None:
        if column == 0 and row.state:
            return dot_icon(self.tokens, row.state)
        if column == _FIT_COLUMN and row.verdict:
            return fit_icon(self.tokens, row.verdict)
        return None


class ListPanel(QWidget):
    """`selected` carries the ModelEntry of the current row, or None."""

    selected = Signal(object)
    add_asked = Signal()
    get_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ModelRows(MODEL_COLUMNS, self)
        self._filtered = FilteredRows(self.rows, self)
        self.table = DataTable("Models", self._filtered)
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.table.setIconSize(QSize(10, 10))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.set_widths(*_WIDTHS)
        self.search = QLineEdit(placeholderText="Search models")
        self.search.setAccessibleName("Search models")
        self.search.setClearButtonEnabled(True)
        self.places = QComboBox()
        self.places.setAccessibleName("Where models were found")
        self.places.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.count = QLabel()
        self.count.setProperty("role", "small")
        self._stack = QStackedWidget()
        self._current_id = self._wanted = ""
        self._lay_out()
        self._connect_signals()

    def set_models(self, models: Sequence[ListedModel]) -> None:
        """Show these rows; the selection stays on its model."""
        if models and self.rows.has_same(models, lambda row: row.entry.id):
            self.rows.update_rows(tuple(models))
            self._show_places()
            return
        with QSignalBlocker(self.table.selectionModel()):
            self.rows.set_rows(tuple(models))
        self._show_places()
        self._stack.setCurrentIndex(0 if models else 1)
        self._tools.setVisible(bool(models))
        self._show_count()
        self.select(self._wanted or self._current_id)

    def select(self, name: str) -> None:
        """Put the selection on a model, by id or path. One that is not in the list yet is
        waited for, with the first selected meanwhile."""
        found = [
            row for row, item in enumerate(self.rows.rows)
            if name in (item.entry.id, item.entry.model)
        ]  # fmt: skip
        self._wanted = "" if found else name
        index = self._filtered.mapFromSource(self.rows.index(found[0], 0)) if found else None
        if index is None or not index.isValid():
            index = self._filtered.index(0, 0)
        if index.isValid():
            self.table.setCurrentIndex(index)
            self.table.selectRow(index.row())
        self._on_current_changed()

    def current(self) -> ModelEntry | None:
        row = self.table.currentIndex().data(RowRole)
        return row.entry if isinstance(row, ListedModel) else None

    def show_looking(self, sentence: str) -> None:
        """What the search for models is doing; "" when it is done."""
        self._show_count() if not sentence else self.count.setText(sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def setTokens(self, tokens: Tokens) -> None:
        self.rows.tokens = tokens
        for column, width in enumerate(_WIDTHS):
            if column:
                self.table.horizontalHeader().resizeSection(column, tokens.px(width))
        self._make_room()

    def _lay_out(self) -> None:
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(24, 12, 24, 8)
        tools.setSpacing(8)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.places)
        table_side = QWidget()
        column = QVBoxLayout(table_side)
        column.setContentsMargins(24, 0, 24, 4)
        column.addWidget(self.table)
        self._stack.addWidget(table_side)
        self._stack.addWidget(self._empty_state())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 8)
        outer.setSpacing(0)
        outer.addWidget(self._tools)
        outer.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(26, 4, 24, 0)
        foot.addWidget(self.count)
        outer.addLayout(foot)

    def _empty_state(self) -> QWidget:
        empty = QWidget()
        title = QLabel("No model yet")
        title.setProperty("role", "heading")
        sentence = QLabel(
            "Assay runs language models from GGUF files on this machine.\n"
            "Drop one here, or add the folder where you keep them;\n"
            "files stay where they are."
        )
        sentence.setProperty("role", "secondary")
        sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.empty_add = QPushButton("Add a model…")
        self.empty_add.setProperty("role", "primary")
        self.empty_add.setAccessibleName("Add a model")
        self.empty_get = QPushButton("Get one from the hub…")
        self.empty_get.setAccessibleName("Get a model from the hub")
        column = QVBoxLayout(empty)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (title, sentence, self.empty_add, self.empty_get):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        return empty

    def _connect_signals(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.places.currentTextChanged.connect(self._on_place)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.empty_add.clicked.connect(self.add_asked)
        self.empty_get.clicked.connect(self.get_asked)

    def _on_search(self, query: str) -> None:
        self._filtered.search(query)
        self._show_count()

    def _on_place(self, place: str) -> None:
        name = place.rpartition(" (")[0]
        everywhere = not name or name == _EVERYWHERE
        self._filtered.keep(lambda row: everywhere or row.entry.source == name)
        self._show_count()

    def _on_current_changed(self) -> None:
        entry = self.current()
        if (entry.id if entry else "") != self._current_id:
            self._current_id = entry.id if entry else ""
            self.selected.emit(entry)

    def _make_room(self) -> None:
        """Hide columns, the least needed first, until the name has its room."""
        px = self.rows.tokens.px
        room = self.width() - px(40) - 16 - px(_NAME_PX) - sum(map(px, _WIDTHS[1:]))
        self.table.make_room(room, [(column, px(_WIDTHS[column])) for column in _LEAVE_FIRST])

    def _show_places(self) -> None:
        """Found in other apps: every place with its number of models."""
        counts = Counter(row.entry.source for row in self.rows.rows)
        names = [f"{_EVERYWHERE} ({len(self.rows.rows)})"]
        names += [f"{source} ({count})" for source, count in counts.most_common()]
        chosen = self.places.currentText().rpartition(" (")[0]
        with QSignalBlocker(self.places):
            self.places.clear()
            self.places.addItems(names)
            found = [i for i, name in enumerate(names) if name.rpartition(" (")[0] == chosen]
            self.places.setCurrentIndex(found[0] if found else 0)

    def _show_count(self) -> None:
        shown, known = self._filtered.rowCount(), len(self.rows.rows)
        total = f"{known:,} model{'' if known == 1 else 's'}"
        text = total if shown == known else f"{shown:,} of {total}"
        self.count.setText(text if known else "")
