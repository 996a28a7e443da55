"""The items of the set on the desk as a table that can be typed into."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.pages.labs.editor_document import SetDocument
from labs.experiments.scenarios.set_editing import changed, set_fact
from labs.experiments.scenarios.sets import Scenario, ScenarioSet

Index = QModelIndex | QPersistentModelIndex
NAME = "id"
AFTER = ("truth", "derivation", "cluster", "domain")
TITLES = {"id": "Name", "truth": "Right answer", "derivation": "Why it is right",
          "cluster": "Cluster", "domain": "Domain"}  # fmt: skip


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
        made, key = self._document.made, self._columns[index.column()]
        if key.startswith("facts/"):
            made = set_fact(made, index.row(), key.removeprefix("facts/"), str(value))
        else:
            change: dict[str, Any] = {key: str(value)}
            made = replace(made, items=changed(made.items, index.row(), **change))
        self._items = made.items
        self._document.change(made, self.parent())
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def _text(self, index: Index) -> str:
        item, key = self._items[index.row()], self._columns[index.column()]
        if key.startswith("facts/"):
            return item.facts.get(key.removeprefix("facts/"), "")
        return str(getattr(item, key))


def _columns(made: ScenarioSet) -> tuple[str, ...]:
    return (NAME, *(f"facts/{slot.id}" for slot in made.slots), *AFTER)
