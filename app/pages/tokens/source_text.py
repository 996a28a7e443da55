"""The text to cut: written here, or a file, of which a long one shows only its beginning."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.widgets.fonts import mono_font
from app.widgets.tokens import Tokens
from models.amounts import size_text

EXAMPLE = (
    "Tokenization is fascinating: 3.14159, naïve café, 👩‍👩‍👧, こんにちは世界.\n"
    "A chat message may also spell <|im_end|>."
)
MOST_LETTERS_SHOWN, BEGINNING = 64_000, 4_000
PURPOSE = "Write or paste a text, and see what models read instead of it: tokens."


class SourceText(QWidget):
    """`changed` when the user writes; `text` is the whole of a file, too."""

    changed = Signal()
    file_asked = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, purpose: str = PURPOSE, example: str = EXAMPLE,
        name: str = "Text to cut into tokens",
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._example = example
        self._whole = ""  # of a file that is too long to be edited here
        self.editor = QPlainTextEdit()
        self.editor.setPlaceholderText(purpose)
        self.editor.setAccessibleName(name)
        self.editor.setTabChangesFocus(True)
        self.editor.setMinimumHeight(56)
        self.about, self.notes = QLabel(), QLabel(wordWrap=True)
        self.about.setProperty("role", "secondary")
        self.notes.setProperty("role", "warning")
        self.notes.hide()
        self.example = QPushButton("Try an example")
        self.open_button = QPushButton("Open a file…")
        self.open_button.setAccessibleName("Open a file")
        self._lay_out()
        self.editor.textChanged.connect(self._on_typed)
        self.example.clicked.connect(self._show_example)
        self.open_button.clicked.connect(self._on_button)

    @property
    def text(self) -> str:
        return self._whole or self.editor.toPlainText()

    def show_file(self, name: str, text: str) -> None:
        """A long one is not edited, and can be closed again."""
        is_long = len(text) > MOST_LETTERS_SHOWN
        self.editor.blockSignals(True)
        self.editor.setPlainText(text[:BEGINNING] if is_long else text)
        self.editor.blockSignals(False)
        self._whole = text if is_long else ""
        size = size_text(len(text.encode()))
        self.about.setText(f"{name}, {size}. Its beginning is shown." if is_long else name)
        self._show_mode()

    def show_notes(self, notes: tuple[str, ...]) -> None:
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))

    def setTokens(self, tokens: Tokens) -> None:
        self.editor.setFont(mono_font(tokens))

    def _show_example(self) -> None:
        self.editor.setFocus()  # its button is about to go
        self.editor.setPlainText(self._example)

    def _on_typed(self) -> None:
        self.about.clear()
        self.example.setVisible(not self.text)
        self.changed.emit()

    def _on_button(self) -> None:
        if not self._whole:
            self.file_asked.emit()
            return
        self._whole = ""
        self.editor.clear()
        self._show_mode()

    def _show_mode(self) -> None:
        is_file = bool(self._whole)
        self.editor.setReadOnly(is_file)
        self.open_button.setText("Close the file" if is_file else "Open a file…")
        self.open_button.setAccessibleName("Close the file" if is_file else "Open a file")
        self.example.setVisible(not self.text)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.about)
        foot.addWidget(self.notes, 1)
        foot.addStretch(1)
        foot.addWidget(self.example)
        foot.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 8)
        column.setSpacing(8)
        column.addWidget(self.editor, 1)
        column.addLayout(foot)
