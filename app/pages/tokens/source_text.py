"""The text to cut: written here, or a file, of which a long one shows only its beginning."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.pages.tokens.long_text import LongText

EXAMPLE = (
    "Tokenization is fascinating: 3.14159, naïve café, 👩‍👩‍👧, こんにちは世界.\n"
    "A chat message may also spell <|im_end|>."
)
PURPOSE = "Write or paste a text, and see what models read instead of it: tokens."


class SourceText(QWidget):
    """`changed` when the user writes; `text` is the whole of what is too long to be shown, too."""

    changed = Signal()
    file_asked = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, purpose: str = PURPOSE, example: str = EXAMPLE,
        name: str = "Text to cut into tokens",
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._example = example
        self._is_long_file = False
        self.content = LongText(name, purpose)
        self.editor = self.content.editor
        self.about, self.notes = QLabel(), QLabel(wordWrap=True)
        self.about.setProperty("role", "secondary")
        self.notes.setProperty("role", "warning")
        self.notes.hide()
        self.about.hide()
        self.example = QPushButton("Try an example")
        self.open_button = QPushButton("Open a file…")
        self.open_button.setAccessibleName("Open a file")
        self._lay_out()
        self.content.changed.connect(self._on_typed)
        self.content.unlocked.connect(self._on_unlocked)
        self.example.clicked.connect(self._show_example)
        self.open_button.clicked.connect(self._on_button)

    @property
    def text(self) -> str:
        return self.content.text

    def show_file(self, name: str, text: str) -> None:
        """A long one can be closed again."""
        self.content.show_text(text)
        self._is_long_file = self.content.is_long
        self.about.setText(name)
        self._show_mode()

    def show_notes(self, notes: tuple[str, ...]) -> None:
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))

    def _show_example(self) -> None:
        self.editor.setFocus()  # its button is about to go
        self.editor.setPlainText(self._example)

    def _on_typed(self) -> None:
        self.about.clear()
        self.show_notes(())  # they are of what was there before
        self._is_long_file = False
        self._show_mode()
        self.changed.emit()

    def _on_unlocked(self) -> None:
        self._is_long_file = False
        self._show_mode()

    def _on_button(self) -> None:
        if self._is_long_file:
            self.content.show_text("")
            self._on_typed()
        else:
            self.file_asked.emit()

    def _show_mode(self) -> None:
        is_long = self._is_long_file
        self.about.setVisible(bool(self.about.text()))
        self.open_button.setText("Close the file" if is_long else "Open a file…")
        self.open_button.setAccessibleName("Close the file" if is_long else "Open a file")
        self.example.setVisible(not self.text)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.about)
        foot.addWidget(self.content.take_foot())
        foot.addWidget(self.notes, 1)
        foot.addStretch(1)
        foot.addWidget(self.example)
        foot.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 8)
        column.setSpacing(8)
        column.addWidget(self.content, 1)
        column.addLayout(foot)
