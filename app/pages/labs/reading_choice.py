"""How the prompts of a run are read: exact, from scratch, or many together."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from app.widgets.parts import words
from models.engine.messages import RowMode

WAYS: dict[RowMode, tuple[str, str]] = {
    "exact": (
        "Exact",
        "What prompts have in common at their beginning is read once. The answers are those of "
        "prompts read from scratch, to the bit.",
    ),
    "cold": (
        "Each prompt from scratch",
        "Nothing is kept from one prompt to the next: the slowest way, and the one that the "
        "others are checked against.",
    ),
    "batched": (
        "Together",
        "Many prompts are read and answered at once, which is fastest. What was too close to "
        "call is asked again from scratch, and the report says how often.",
    ),
}


class ReadingChoice(QWidget):
    """One of WAYS; exact until something else is chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.buttons: dict[RowMode, QRadioButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for way, (title, sentence) in WAYS.items():
            each = self.buttons[way] = QRadioButton(title)
            each.setAccessibleName(title)
            each.setAccessibleDescription(sentence)
            self._group.addButton(each)
            column.addWidget(each)
            column.addWidget(words(sentence, "small"))
            column.addSpacing(6)
        self.buttons["exact"].setChecked(True)
        self._group.buttonToggled.connect(self._on_toggled)

    def value(self) -> RowMode:
        return next(way for way, each in self.buttons.items() if each.isChecked())

    def _on_toggled(self, _button: object, is_on: bool) -> None:
        if is_on:
            self.changed.emit()
