"""How tokens are shown: as text, numbers or bytes, white space marked, control tokens read."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.widgets.cut_cells import Shown

SHOWN = (("text", "Text"), ("ids", "Numbers"), ("bytes", "Bytes"))


class ViewBar(QWidget):
    """`looks_changed` asks for the same tokens, shown otherwise."""

    looks_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QToolButton] = {}
        self.glyphs = QCheckBox("Mark white space")
        self.glyphs.setToolTip(
            "· is a blank, ↵ the end of a line, ⇥ a tab. Others have their names: ⟨NBSP⟩ is a "
            "blank that breaks no line, ⟨ZWSP⟩ has no width, ⟨BOM⟩ is a byte-order mark. Click a "
            "token to read them in full"
        )
        self.special = QCheckBox("Read control tokens")
        self.special.setToolTip(
            "Let text that spells a control token, such as <|im_end|>, become one"
        )
        self.add = QPushButton("Add a tokenizer")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        words = QLabel("Show")
        words.setProperty("role", "secondary")
        row.addWidget(words)
        for name, title in SHOWN:
            row.addWidget(self._button(name, title))
        row.addSpacing(12)
        row.addWidget(self.glyphs)
        row.addSpacing(8)
        row.addWidget(self.special)
        row.addStretch(1)
        row.addWidget(self.add)
        self._buttons["text"].setChecked(True)
        self.glyphs.setChecked(True)
        self.glyphs.toggled.connect(lambda _on: self.looks_changed.emit())

    @property
    def shown(self) -> Shown:
        name = next(name for name, button in self._buttons.items() if button.isChecked())
        return cast(Shown, name)

    def show_as(self, name: Shown) -> None:
        self._buttons[name].click()

    def _button(self, name: str, title: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(title)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setAccessibleName(f"Show tokens as {title.lower()}")
        button.clicked.connect(lambda: self.looks_changed.emit())
        self._buttons[name] = button
        return button
