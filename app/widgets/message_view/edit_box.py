"""Editing a message in its place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

MAX_TEXT_PX = 320


class EditBox(QWidget):
    """Enter sends, Shift+Enter makes a new line, Esc gives up."""

    accepted = Signal(str)
    rejected = Signal()
    height_changed = Signal()  # what is written needs more lines, or fewer

    def __init__(self, text: str, send_words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = QPlainTextEdit(text)
        self._text.setAccessibleName("Edit the message")
        self._text.setTabChangesFocus(True)
        self._text.installEventFilter(self)
        self._text.textChanged.connect(self._on_changed)
        send = QPushButton(send_words)
        send.setAccessibleName(send_words)
        send.setProperty("role", "primary")
        send.clicked.connect(self._accept)
        self._cancel = QPushButton("Cancel")
        self._cancel.setAccessibleName("Cancel editing")
        self._cancel.clicked.connect(self.rejected)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._text, 1)
        column.addLayout(buttons)

    def focus_text(self) -> None:
        self._text.moveCursor(QTextCursor.MoveOperation.End)
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def height_for(self, width: int) -> int:
        columns = max(20, width // max(1, self._text.fontMetrics().averageCharWidth()))
        lines = sum(1 + len(line) // columns for line in self._text.toPlainText().split("\n"))
        text_px = (min(lines, 40) + 2) * self._text.fontMetrics().lineSpacing()
        return min(text_px, MAX_TEXT_PX) + self._cancel.sizeHint().height() + 12

    def _on_changed(self) -> None:
        if self.height_for(self.width()) != self.height():
            self.height_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._accept()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.rejected.emit()
                return True
        return super().eventFilter(watched, event)

    def _accept(self) -> None:
        if self._text.toPlainText().strip():
            self.accepted.emit(self._text.toPlainText())
