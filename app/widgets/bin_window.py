"""The bin: what was put away, to take out again or to delete for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.widgets.parts import button

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Binned:
    """One thing in the bin; `key` is what the signals carry, `about` stands below the title."""

    key: object
    title: str
    about: str


class BinWindow(QDialog):
    """Non-modal; shows what it is given, what the user wants goes out as signals. `kind` is the
    plural of what lies in it, such as "Chats"."""

    restore_requested = Signal(object)
    empty_requested = Signal()

    def __init__(self, parent: QWidget, kind: str) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setObjectName("bin")
        self.setWindowTitle("Bin")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(480, 420)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(f"{kind} in the bin")
        self.list.setItemDelegate(_AsWideAsTheList(self.list))
        self.restore = button("Take out again", "primary")
        self.empty = button("Delete all for good…", "danger")
        self.close_button = button("Close")
        self._lay_out()
        self.restore.clicked.connect(self._on_restore)
        self.list.itemActivated.connect(self._on_restore)
        self.empty.clicked.connect(self._on_empty)
        self.close_button.clicked.connect(self.close)

    def show_binned(self, things: Sequence[Binned]) -> None:
        """In the order in which they are given."""
        self._sure = False
        self.list.clear()
        for each in things:
            item = QListWidgetItem(f"{each.title}\n{each.about}")
            item.setData(Qt.ItemDataRole.UserRole, each.key)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._words.setText(
            f"{self._kind} stay here until you delete them." if things else "The bin is empty."
        )
        self.empty.setText("Delete all for good…")
        for act in (self.restore, self.empty):
            act.setEnabled(bool(things))

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.empty)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(self._words)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)

    def _on_restore(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.restore_requested.emit(item.data(Qt.ItemDataRole.UserRole))

    def _on_empty(self) -> None:
        """The second click means it: this is the one thing here that cannot be undone."""
        if self._sure:
            self.empty_requested.emit()
            return
        self._sure = True
        count = self.list.count()
        kind = self._kind.lower()
        what = f"this {kind.removesuffix('s')}" if count == 1 else f"these {count} {kind}"
        self.empty.setText("Yes, delete for good")
        self._words.setText(f"Deleting {what} for good cannot be undone.")


class _AsWideAsTheList(QStyledItemDelegate):
    """A longer title ends in an ellipsis."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, super().sizeHint(option, index).height())
