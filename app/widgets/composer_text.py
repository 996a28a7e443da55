"""The growing text box of the composer."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

LONG_PASTE_CHARS = 20_000
MAX_LINES = 10


class ComposerText(QPlainTextEdit):
    """Enter sends, Shift+Enter makes a new line, Up in an empty box edits the last message."""

    submitted = Signal()
    stop_requested = Signal()
    edit_last_requested = Signal()
    files_given = Signal(list)
    long_text_pasted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_sends = True
        self.setObjectName("composer-text")
        self.setAccessibleName("Message")
        self.setPlaceholderText("Write a message")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def sizeHint(self) -> QSize:
        lines = min(max(1, round(self.document().size().height())), MAX_LINES)
        return QSize(300, lines * self.fontMetrics().lineSpacing() + 8)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._sends(event):
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.stop_requested.emit()
        elif event.key() == Qt.Key.Key_Up and not self.toPlainText():
            self.edit_last_requested.emit()
        else:
            super().keyPressEvent(event)

    def _sends(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.enter_sends:
            return modifiers == Qt.KeyboardModifier.NoModifier
        return bool(modifiers & Qt.KeyboardModifier.ControlModifier)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasUrls() or source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Files go along as files, a long text as one; the rest is text."""
        paths = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if paths:
            self.files_given.emit(paths)
        elif len(source.text()) > LONG_PASTE_CHARS:
            self.long_text_pasted.emit(source.text())
        else:
            self.insertPlainText(source.text())
