"""A table view that sorts, copies as TSV and exports as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from app.widgets.file_dialog import FileDialog
from app.widgets.rows_model import FilteredRows
from app.widgets.tokens import Tokens
from models.errors import UserError

_ROW_PX = 34


class DataTable(QTableView):
    """Rows are selected whole; `failed` carries a UserError when an export cannot be written."""

    failed = Signal(object)

    def __init__(self, name: str, rows: FilteredRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._shown = rows
        self.setModel(rows)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as the rows come, until asked
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)  # Tab leaves the table; arrows move in it
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsMovable(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.copy_action = self._action("Copy", self.copy_rows, QKeySequence.StandardKey.Copy)
        self.export_action = self._action("Export as CSV…", self.ask_export)
        self.setTokens(Tokens())

    def set_widths(self, *widths: int, stretch: int = 0) -> None:
        """Widths in pixels at 100 %; the column `stretch` takes what is left."""
        header = self.horizontalHeader()
        for column, width in enumerate(widths):
            header.resizeSection(column, width)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def make_room(self, room_px: int, leave_first: Iterable[tuple[int, int]]) -> None:
        """Where `room_px` is below 0, hide columns until it no longer is: each with its width, the
        least needed first. What is copied and exported has them all."""
        for column, width_px in leave_first:
            self.setColumnHidden(column, room_px < 0)
            room_px += width_px if room_px < 0 else 0

    def menu_actions(self) -> list[QAction]:
        """What the context menu offers; more actions of a page may stand before these."""
        return [*self.actions()]

    def copy_rows(self) -> None:
        """The selected rows, or all where none is, with their titles, as TSV."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        lines = self._table(rows or range(self.model().rowCount()))
        clean = ["\t".join(" ".join(cell.split()) for cell in line) for line in lines]
        QGuiApplication.clipboard().setText("\n".join(clean) + "\n")

    def ask_export(self) -> None:
        dialog = FileDialog(self, "Export as CSV")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("CSV table (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.open()

    def export(self, path: Path) -> None:
        """Write every row on show; a failure arrives at `failed`."""
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                file.write(self.as_csv())
        except OSError as error:
            self.failed.emit(
                UserError(
                    f"The table could not be written to {path}: {error.strerror or error}.",
                    "Choose another folder, or free some space.",
                )
            )

    def as_csv(self) -> str:
        """Every row on show with the titles."""
        text = io.StringIO(newline="")
        table = self._table(range(self.model().rowCount()))
        csv.writer(text).writerows([harmless(cell) for cell in line] for line in table)
        return text.getvalue()

    def setTokens(self, tokens: Tokens) -> None:
        self.verticalHeader().setDefaultSectionSize(tokens.px(_ROW_PX))

    def _table(self, rows: range | list[int]) -> list[list[str]]:
        model = self._shown
        titles = [
            str(model.headerData(column, Qt.Orientation.Horizontal))
            for column in range(model.columnCount())
        ]
        return [titles, *(model.texts(row) for row in rows)]

    def _action(
        self, name: str, run: object, shortcut: QKeySequence.StandardKey | None = None
    ) -> QAction:
        action = QAction(name, self)
        if shortcut is not None:
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(run)
        self.addAction(action)
        return action

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.menu_actions())
        menu.popup(self.viewport().mapToGlobal(place))


def harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; an apostrophe makes it text."""
    is_number = cell[1:2].isdigit()
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) and not is_number else cell
