"""A question of a sheet with room for its answer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.widgets.parts import set_role, words
from app.widgets.sheet.sheet_words import sheet_words
from app.widgets.tokens import Tokens

FIELD_PX, FILE_FIELD_PX = 76, 140


class AnswerField(QWidget):
    """`file` names the file that the answer becomes; more room then."""

    typed = Signal()

    def __init__(self, question: str, file: str = "") -> None:
        super().__init__()
        self._height_px = FILE_FIELD_PX if file else FIELD_PX
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(question)
        self.field.setPlaceholderText(f"Becomes {file}" if file else "Your answer")
        self.field.setTabChangesFocus(True)
        self.field.textChanged.connect(self.typed)
        self.note = words("", "small")
        self.note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(sheet_words(question))
        column.addWidget(self.field)
        column.addWidget(self.note)
        self.setTokens(Tokens())

    def fill(self, text: str) -> None:
        """Show what is saved; nobody has typed it now."""
        self.field.blockSignals(True)
        self.field.setPlainText(text)
        self.field.blockSignals(False)

    def lock(self, note: str) -> None:
        """Read only from here on; `note` says since when. "" opens it again."""
        self.field.setReadOnly(bool(note))
        set_role(self.field, "locked" if note else "")
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def setTokens(self, tokens: Tokens) -> None:
        self.field.setFixedHeight(tokens.px(self._height_px))
