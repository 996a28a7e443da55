"""How tokens are shown: as text, numbers or bytes, white space marked, control tokens read."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QToolButton, QWidget

from app.widgets.cut_cells import Shown
from app.widgets.parts import button, row_of, words

SHOWN = (("text", "Text"), ("ids", "Numbers"), ("bytes", "Bytes"))
LINE, GAP_PX, LOW_PX = QBoxLayout.Direction.LeftToRight, 12, 6


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
        self.add = button("Add a tokenizer")
        self._lay_out()
        self._buttons["text"].setChecked(True)
        self.glyphs.setChecked(True)
        self.glyphs.toggled.connect(lambda _on: self.looks_changed.emit())

    @property
    def shown(self) -> Shown:
        name = next(name for name, button in self._buttons.items() if button.isChecked())
        return cast(Shown, name)

    def show_as(self, name: Shown) -> None:
        self._buttons[name].click()

    def minimumSizeHint(self) -> QSize:
        """As narrow as its widest part: then all stand below each other."""
        width = max(part.sizeHint().width() for part in self._parts)
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()  # the letters may be larger now
        return super().event(event)

    def _place(self) -> None:
        """In one line where there is room, else in two or three."""
        looks, ticks, add = (part.sizeHint().width() for part in self._parts)
        _turn(self._second, ticks + GAP_PX + add <= self.width())
        _turn(self._both, looks + ticks + add + 2 * GAP_PX <= self.width())

    @property
    def _parts(self) -> tuple[QBoxLayout, QBoxLayout, QWidget]:
        return self._looks, self._ticks, self.add

    def _lay_out(self) -> None:
        looks = (self._button(name, title) for name, title in SHOWN)
        self._looks = row_of(words("Show", "secondary", wrap=False), *looks, stretch=-1, spacing=4)
        self._ticks = row_of(self.glyphs, self.special, stretch=-1, spacing=12)
        self._second, self._both = QBoxLayout(LINE), QBoxLayout(LINE, self)
        for box in (self._second, self._both):
            box.setSpacing(GAP_PX)
        self._second.addLayout(self._ticks)
        self._second.addStretch(1)
        self._second.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.addLayout(self._looks)
        self._both.addLayout(self._second, 1)

    def _button(self, name: str, title: str) -> QToolButton:
        made = QToolButton(self)
        made.setText(title)
        made.setCheckable(True)
        made.setAutoExclusive(True)
        made.setAccessibleName(f"Show tokens as {title.lower()}")
        made.clicked.connect(lambda: self.looks_changed.emit())
        self._buttons[name] = made
        return made


def _turn(box: QBoxLayout, in_line: bool) -> None:
    way = LINE if in_line else QBoxLayout.Direction.TopToBottom
    if way != box.direction():
        box.setDirection(way)
        box.setSpacing(GAP_PX if in_line else LOW_PX)
