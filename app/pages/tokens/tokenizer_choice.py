"""Chooses a tokenizer: one of the models of this machine, a shipped encoding, or a file."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.context import AppContext
from app.model_choice import make_free_picker
from app.widgets.file_dialog import FileDialog
from app.widgets.icons import IconButton
from app.widgets.tokens import Tokens
from models.tokenizers.source import FILE_FILTER, SHIPPED_WORDS


class TokenizerChoice(QWidget):
    """`name` is what `find_source` takes; `changed` comes when the user chooses another."""

    changed = Signal()
    removed = Signal()

    def __init__(self, context: AppContext, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.picker = make_free_picker(context)
        self.picker.setParent(self)  # before the buttons: so Tab goes
        self.picker.set_current(name)
        self.picker.chosen.connect(self.choose)
        self.menu = QMenu(self)
        self._more = more = IconButton("dots-three", "Other tokenizers, and copying", self)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self.menu)
        for short, words in SHIPPED_WORDS.items():
            self.menu.addAction(words, partial(self.choose, short))
        self.menu.addAction("A tokenizer file…", self._ask_for_file)
        self.close_button = IconButton("x", "Take this tokenizer away", self, size=16)
        self.close_button.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.picker)
        row.addStretch(1)
        row.addWidget(more)
        row.addWidget(self.close_button)

    @property
    def heir(self) -> QWidget:
        """Has the focus of a neighbour that is taken away."""
        return self.picker if self.close_button.isHidden() else self.close_button

    def choose(self, name: str) -> None:
        if name != self.name:
            self.name = name
            self.picker.set_current(name)
            self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def setTokens(self, tokens: Tokens) -> None:
        QTimer.singleShot(0, self, self._fit)  # the picker takes them after this

    def _fit(self) -> None:
        self.picker.fit(self.width() - self._buttons_px)

    @property
    def _buttons_px(self) -> int:
        buttons = (self._more, self.close_button)
        return sum(button.sizeHint().width() + 4 for button in buttons)

    def _ask_for_file(self) -> None:
        dialog = FileDialog(self, "Choose a tokenizer")
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{FILE_FILTER};;All files (*)")
        dialog.fileSelected.connect(self.choose)
        dialog.open()
