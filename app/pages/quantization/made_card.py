"""What was just made, and what to do with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.pages.quantization.targets import MadeFile
from app.widgets.parts import button, row_of, words
from app.widgets.wrapped_text import WrappedText
from models.amounts import size_text


class MadeCard(QFrame):
    """Hidden until there is something; signals carry paths."""

    compare_asked = Signal(str, str)
    show_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._made: MadeFile | None = None
        self.said = words("", "good")
        self.place = WrappedText("Where it is")
        self.compare = button("Compare with its source", "primary")
        self.show_button = button("Show in Models")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(self.said)
        column.addWidget(self.place)
        column.addLayout(row_of(self.compare, self.show_button, stretch=-1))
        self.compare.clicked.connect(self._on_compare)
        self.show_button.clicked.connect(self._on_show)
        self.hide()

    def show_made(self, made: MadeFile) -> None:
        self._made = made
        entry = made.entry
        bits = f", {entry.bits_per_weight:.2f} bits a weight" if entry.bits_per_weight else ""
        made_it = f"Made {entry.path.name}: {size_text(entry.size_bytes)}{bits}."
        self.said.setText(f"{made_it} It is in the list of models.")
        self.place.set_text(str(entry.path))
        self.show()

    def _on_compare(self) -> None:
        if self._made is not None:
            self.compare_asked.emit(str(self._made.source.path), str(self._made.entry.path))

    def _on_show(self) -> None:
        if self._made is not None:
            self.show_asked.emit(str(self._made.entry.path))
