"""The window in which an MLX folder is asked for: how exact, how large, where."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.parts import button, words
from models.amounts import size_text
from models.convert.convert import Wish, refuse, usual_name
from models.errors import UserError
from models.library.entry import ModelEntry

# What is offered here; the command line has more. Bits 0 are floats of 16 bits.
CHOICES = (("4 bits, the smallest", 4), ("6 bits", 6), ("8 bits, the most exact", 8),
           ("16-bit numbers, not packed", 0))  # fmt: skip
WIDTH_PX = 460


class ConvertDialog(QDialog):
    """`asked` carries the Wish."""

    asked = Signal(object)

    def __init__(self, parent: QWidget, entry: ModelEntry, folder: Path) -> None:
        super().__init__(parent)
        self.setObjectName("convert-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Make an MLX folder")
        self._entry, self._folder = entry, folder
        self.weights = QComboBox()
        self.weights.setAccessibleName("Weights")
        for text, bits in CHOICES:
            self.weights.addItem(text, bits)
        self.said = words(role="secondary")
        self.make = button("Make it", "primary", "Make the MLX folder")
        self.make.setDefault(True)
        self.cancel = button("Cancel")
        self._lay_out()
        self.weights.currentIndexChanged.connect(self._say)
        self.make.clicked.connect(self._on_make)
        self.cancel.clicked.connect(self.reject)
        self._say()

    @property
    def wish(self) -> Wish:
        bits: int = self.weights.currentData()
        return Wish(self._entry, self._folder / usual_name(self._entry, bits, 16), bits)

    def _lay_out(self) -> None:
        intro = words(
            f"{self._entry.name} stays as it is. Weights that are packed already are packed "
            "once more, which costs a little of their exactness.",
            role="secondary",
        )
        form = QFormLayout()
        form.addRow("Weights", self.weights)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.make)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(intro)
        column.addLayout(form)
        column.addWidget(self.said)
        column.addLayout(row)
        self.setMinimumWidth(WIDTH_PX)

    def _say(self) -> None:
        """What will be made, or why it cannot be."""
        wish = self.wish
        try:
            refuse(wish)
        except UserError as error:
            self.said.setText(str(error))
            self.make.setEnabled(False)
            return
        self.said.setText(f"About {size_text(wish.size_bytes)}, in {wish.folder}")
        self.make.setEnabled(True)

    def _on_make(self) -> None:
        self.asked.emit(self.wish)
        self.accept()
