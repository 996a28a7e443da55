"""The items of the set on the desk as a table that can be typed into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.pages.labs.editor_document import SetDocument
from labs.experiments.scenarios.set_editing import (
    changed,
    numbers_text,
    read_numbers,
    read_tags,
    set_fact,
    tags_text,
)
from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from models.errors import UserError

Index = QModelIndex | QPersistentModelIndex
NAME = "id"
AFTER = ("truth", "derivation", "cluster", "domain", "tags", "numbers")
TITLES = {"id": "Name", "truth": "Right answer", "derivation": "Why it is right",
          "cluster": "Cluster", "domain": "Domain", "tags": "Tags",
          "numbers": "Numbers"}  # fmt: skip
HINTS = {
    "cluster": "Items that are variants of each other share one.",
    "tags": "Separated by commas. A tag such as surface:clock is a level by which results are told "
            "apart.",
    "numbers": "Kept for the analysis, such as margin_minutes = 30. Separated by semicolons.",
}  # fmt: skip
_WRITE: dict[str, Callable[[Any], str]] = {"tags": tags_text, "numbers": numbers_text}
_READ: dict[str, Callable[[str], Any]] = {"tags": read_tags, "numbers": read_numbers}


class ItemsModel(QAbstractTableModel):
    """Columns: the name, a fact each, then what is known of the item."""

    def __init__(self, document: SetDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._columns: tuple[str, ...] = ()
        self._items: tuple[Scenario, ...] = ()
        self.show_set()

    @property
    def columns(self) -> tuple[str, ...]:
        """Keys of the columns; a fact's is `facts/NAME`."""
        return self._columns

    def show_set(self) -> None:
        self.beginResetModel()
        self._columns, self._items = _columns(self._document.made), self._document.made.items
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return HINTS.get(self._columns[section])
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        key = self._columns[section]
        if key in TITLES:
            return TITLES[key]
        slot = key.removeprefix("facts/")
        return next((s.label for s in self._document.made.slots if s.id == slot), slot)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(index) or None
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or self._text(index) == value:
            return False
        try:
            made = self._changed(index.row(), self._columns[index.column()], str(value))
        except UserError as error:
            self._document.failed.emit(error)
            return False
        self._items = made.items
        self._document.change(made, self.parent())
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def _changed(self, row: int, key: str, text: str) -> ScenarioSet:
        made = self._document.made
        if key.startswith("facts/"):
            return set_fact(made, row, key.removeprefix("facts/"), text)
        change: dict[str, Any] = {key: _READ.get(key, str)(text)}
        return replace(made, items=changed(made.items, row, **change))

    def _text(self, index: Index) -> str:
        item, key = self._items[index.row()], self._columns[index.column()]
        if key.startswith("facts/"):
            return item.facts.get(key.removeprefix("facts/"), "")
        return _WRITE.get(key, str)(getattr(item, key))


def _columns(made: ScenarioSet) -> tuple[str, ...]:
    return (NAME, *(f"facts/{slot.id}" for slot in made.slots), *AFTER)
