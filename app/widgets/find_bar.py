"""A bar that asks what to find on a page, and says which of how many places is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from app.widgets.icons import IconButton


class FindBar(QWidget):
    """Hidden until `open_bar`; Enter goes on, Shift+Enter back, Esc closes."""

    sought = Signal(str)
    stepped = Signal(int)  # +1 or -1
    closed = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("find-bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(placeholder)
        self.text = QLineEdit()
        self.text.setPlaceholderText(placeholder)
        self.text.setAccessibleName(placeholder)
        self._count = QLabel()
        self._count.setProperty("role", "secondary")
        self._back = IconButton("caret-up", "Previous match (Shift+Enter)", self, size=16)
        self._on = IconButton("caret-down", "Next match (Enter)", self, size=16)
        self._close = IconButton("x", "Close the search (Esc)", self, size=16)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(4)
        row.addWidget(self.text, 1)
        for widget in (self._count, self._back, self._on, self._close):
            row.addWidget(widget)
        self.text.textChanged.connect(self.sought)
        self._back.clicked.connect(lambda: self.stepped.emit(-1))
        self._on.clicked.connect(lambda: self.stepped.emit(1))
        self._close.clicked.connect(self.close_bar)
        self.show_count(0, 0)
        self.hide()

    def open_bar(self) -> None:
        """Ask; what was sought last stands ready to be typed over."""
        was_hidden = self.isHidden()
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()
        if was_hidden and self.text.text():
            self.sought.emit(self.text.text())

    def close_bar(self) -> None:
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def show_count(self, current: int, total: int) -> None:
        """`current` counts from 1."""
        words = f"{current:,} of {total:,}" if total else "Not found"
        self._count.setText(words if self.text.text() else "")
        self._back.setEnabled(total > 0)
        self._on.setEnabled(total > 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)
