"""The table of items: type into it, add, make a pair, delete, and take back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.context import AppContext
from app.notices import Notice
from app.pages.labs.editor_document import SetDocument
from app.pages.labs.editor_items_model import NAME, Index, ItemsModel
from app.pages.labs.editor_section import Section
from app.widgets.parts import button, row_of, words
from app.widgets.tokens import Tokens
from labs.experiments.scenarios.set_editing import add_item, pair_item, without

WIDTHS = {"id": 120, "truth": 100, "derivation": 260, "cluster": 110, "domain": 110,
          "tags": 140, "numbers": 160}  # fmt: skip
FACT_PX, FACTS_PX, ROW_PX = 140, 300, 32  # one fact at least, all of them at least


class ItemsSection(Section):
    """`selected` carries the place of the row in front, −1 for none."""

    selected = Signal(int)

    def __init__(self, context: AppContext, document: SetDocument) -> None:
        super().__init__(document)
        self._context = context
        self.model = ItemsModel(document, self)
        self.table = QTableView()
        self._set_up_table()
        self.search = QLineEdit(placeholderText="Search")
        self.search.setAccessibleName("Search the items")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.count = words("", "small", wrap=False)
        self.add_button = button("Add an item")
        self.pair_button = button("Make a pair", name="Make a pair of the selected item")
        self.pair_button.setToolTip(
            "A copy in the same cluster. Change one fact of it: pairs that differ in one detail "
            "show best what a model looks at."
        )
        self.delete_button = button("Delete", name="Delete the selected items")
        self.add_button.clicked.connect(self.add)
        self.pair_button.clicked.connect(self.make_pair)
        self.delete_button.clicked.connect(self.delete)
        self._lay_out()
        self._on_rows()

    @property
    def place(self) -> int:
        """The row in front, −1 for none."""
        return self.table.currentIndex().row()

    def show_set(self) -> None:
        """The row and the column in front stay in front."""
        row, column = self.table.currentIndex().row(), self.table.currentIndex().column()
        self.model.show_set()
        self._size_columns()
        self._filter()
        if self.model.rowCount():
            self.show_row(min(max(row, 0), self.model.rowCount() - 1), max(column, 0))
        self._on_rows()

    def go_to(self, name: str, column: str = NAME) -> None:
        self.bring_up_to_date()
        ids = [item.id for item in self.document.made.items]
        self.search.clear()
        if name in ids:
            self.show_row(ids.index(name), self.model.columns.index(column))
        (self.table if ids else self.add_button).setFocus()

    def show_row(self, row: int, column: int = 0) -> None:
        index = self.model.index(row, column)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)

    def setTokens(self, tokens: Tokens) -> None:
        super().setTokens(tokens)
        self.table.verticalHeader().setDefaultSectionSize(tokens.px(ROW_PX))
        self._size_columns()

    # ---- what can be done ------------------------------------------------------------------

    def add(self) -> None:
        self.search.clear()
        self.document.change(add_item(self.document.made))
        self.bring_up_to_date()
        self.show_row(self.model.rowCount() - 1, 1)
        self.table.setFocus()

    def make_pair(self) -> None:
        row = self.place
        if row < 0:
            return
        self.search.clear()
        self.document.change(pair_item(self.document.made, row))
        self.bring_up_to_date()
        self.show_row(row + 1, 1)
        self.table.setFocus()

    def delete(self) -> None:
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        if not rows:
            return
        made = self.document.made
        self.document.change(replace(made, items=without(made.items, rows)))
        what = "The item was deleted." if len(rows) == 1 else f"{len(rows)} items were deleted."
        document = self.document
        gone = document.made
        self._context.notices.show(
            Notice(what, "", "info", "set-items", "Undo",
                   lambda: document.undo() if document.made is gone else document.change(
                       replace(document.made, items=made.items)))
        )  # fmt: skip
        self.table.setFocus()

    # ---- inside ----------------------------------------------------------------------------

    def _filter(self) -> None:
        wanted = self.search.text().casefold().split()
        for row, item in enumerate(self.document.made.items):
            text = " ".join((item.id, *item.facts.values(), item.truth, item.derivation,
                             item.cluster, item.domain, *item.tags)).casefold()  # fmt: skip
            self.table.setRowHidden(row, not all(word in text for word in wanted))

    def _on_rows(self) -> None:
        has_row = bool(self.table.selectionModel().selectedRows())
        self.pair_button.setEnabled(has_row)
        self.delete_button.setEnabled(has_row)
        made = self.document.made
        counts = [f"{sum(i.truth == name for i in made.items)} {name}" for name in made.classes]
        n = len(made.items)
        self.count.setText(f"{n} {'item' if n == 1 else 'items'}: {', '.join(counts)}")
        self.selected.emit(self.place)

    def _size_columns(self) -> None:
        fact_px = max(FACT_PX, FACTS_PX // max(1, len(self.document.made.slots)))
        for place, key in enumerate(self.model.columns):
            width = self._tokens.px(WIDTHS.get(key, fact_px))
            title = self.table.horizontalHeader().sectionSizeHint(place)
            self.table.setColumnWidth(place, min(max(width, title), 2 * width))

    def _set_up_table(self) -> None:
        table = self.table
        table.setAccessibleName("Items")
        table.setModel(self.model)
        table.setItemDelegate(CellDelegate(self.document, table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)  # Tab leaves the table; arrows move in it
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().hide()
        table.setCornerWidget(QWidget())  # else the style draws a box between the scroll bars
        table.horizontalHeader().setHighlightSections(False)
        table.selectionModel().selectionChanged.connect(self._on_rows)
        table.selectionModel().currentRowChanged.connect(self._on_rows)
        self.model.dataChanged.connect(self._on_rows)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self.count)
        actions = row_of(self.add_button, self.pair_button, self.delete_button, self.search,
                         stretch=3)  # fmt: skip
        column.addLayout(actions)


class CellDelegate(QStyledItemDelegate):
    """The right answer is chosen among the classes; everything else is typed."""

    def __init__(self, document: SetDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Rows are selected whole; a frame tells which cell a key would open."""
        super().paint(painter, option, index)
        table: Any = self.parent()
        if table.hasFocus() and index == table.currentIndex():
            style: Any = option
            painter.setPen(style.palette.color(QPalette.ColorRole.Accent))
            painter.drawRect(style.rect.adjusted(1, 1, -2, -2))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model: Any = index.model()
        title = str(model.headerData(index.column(), Qt.Orientation.Horizontal))
        if model.columns[index.column()] == "truth":
            box = QComboBox(parent)
            box.setAccessibleName(title)
            box.addItems(list(self._document.made.classes))
            box.activated.connect(lambda _: self._commit(box))
            return box
        field = QLineEdit(parent)
        field.setAccessibleName(title)
        field.setFrame(False)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findText(str(index.data())))  # none where nobody has said
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        else:
            super().setModelData(editor, model, index)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        rect: Any = option.rect
        editor.setGeometry(rect)

    def _commit(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)
