"""A table of frozen rows: columns say how a row is shown and sorted. Nothing is copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
# Plain numbers: a table of forty rows asks a thousand times each time it is drawn, and an enum
# takes longer than the answer.
ShownRole, TipRole = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)
AlignmentRole = int(Qt.ItemDataRole.TextAlignmentRole)
RowRole, SortRole = int(Qt.ItemDataRole.UserRole) + 1, int(Qt.ItemDataRole.UserRole) + 2
ANSWERED = frozenset({ShownRole, TipRole, AlignmentRole, RowRole, SortRole})
LEFT, RIGHT = (side | Qt.AlignmentFlag.AlignVCenter
               for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight))  # fmt: skip


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`text` is what is shown, copied and exported; `key` sorts, by default the text."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    is_number: bool = False
    tooltip: Callable[[Row], str] | None = None


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Rows from anywhere; ten thousand cost no more than what is on screen."""

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._alignments = [RIGHT if column.is_number else LEFT for column in self.columns]
        self._rows: Sequence[Row] = ()

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def has_same(self, rows: Sequence[Row], identity: Callable[[Row], Any]) -> bool:
        """True when `rows` are the rows on show, changed in their values at most."""
        return [identity(row) for row in rows] == [identity(row) for row in self._rows]

    def update_rows(self, rows: Sequence[Row]) -> None:
        """New values for the same rows: selection and scrolling stay."""
        self._rows = rows
        last = self.index(len(rows) - 1, len(self.columns) - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def follow(self, rows: Sequence[Row], identity: Callable[[Row], Any]) -> bool:
        """Take in a log that grew at its beginning, lost its oldest at its end and changed in
        between; selection, scrolling and order stay. False, and nothing done, for other rows."""
        old, new = [identity(row) for row in self._rows], [identity(row) for row in rows]
        if not old or old[0] not in new:
            return False
        came = new.index(old[0])
        stays = len(new) - came
        if new[came:] != old[:stays]:
            return False
        if stays < len(old):
            self.beginRemoveRows(QModelIndex(), stays, len(old) - 1)
            self._rows = self._rows[:stays]
            self.endRemoveRows()
        before = self._rows
        if came:
            self.beginInsertRows(QModelIndex(), 0, came - 1)
            self._rows = rows
            self.endInsertRows()
        self._rows = rows
        changed = [came + at for at, row in enumerate(before) if row != rows[came + at]]
        if changed:
            last = self.index(max(changed), len(self.columns) - 1)
            self.dataChanged.emit(self.index(min(changed), 0), last)
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = ShownRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == ShownRole:
            return self.columns[section].title
        return self._alignments[section] if role == AlignmentRole else None

    def data(self, index: Index, role: int = ShownRole) -> Any:
        if role not in ANSWERED or not index.isValid():
            return None
        at = index.column()
        if role == AlignmentRole:
            return self._alignments[at]
        row, column = self._rows[index.row()], self.columns[at]
        if role == ShownRole:
            return column.text(row)
        if role == RowRole:
            return row
        if role == SortRole:
            return column.key(row) if column.key else column.text(row).casefold()
        return column.tooltip(row) if column.tooltip else None


class FilteredRows(QSortFilterProxyModel):
    """Sorts by each column's key and keeps rows that hold every word of the query."""

    def __init__(self, source: RowsModel[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = source
        self._words: tuple[str, ...] = ()
        self._accepts: Callable[[Any], bool] = lambda _row: True
        self.setSourceModel(source)
        self.setSortRole(SortRole)

    def search(self, query: str) -> None:
        self._words = tuple(query.casefold().split())
        self.invalidate()

    def keep(self, accepts: Callable[[Any], bool]) -> None:
        """Show only rows that `accepts` takes, beside the search."""
        self._accepts = accepts
        self.invalidate()

    def texts(self, row: int) -> list[str]:
        """What the row on show at `row` says, column by column."""
        # Past the models' indexes: asking them takes five times as long for a thousand rows.
        shown = self._rows.rows[self.mapToSource(self.index(row, 0)).row()]
        return [column.text(shown) for column in self._rows.columns]

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        row = self._rows.rows[source_row]
        if not self._accepts(row):
            return False
        if not self._words:
            return True
        text = " ".join(column.text(row) for column in self._rows.columns).casefold()
        return all(word in text for word in self._words)

    def lessThan(self, source_left: Index, source_right: Index) -> bool:
        # Qt's own comparison cuts whole numbers at 64 bits, and headers may claim more.
        return bool(source_left.data(SortRole) < source_right.data(SortRole))
