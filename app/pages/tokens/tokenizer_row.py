"""Up to four tokenizers side by side, to choose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.context import AppContext
from app.pages.tokens.tokenizer_choice import TokenizerChoice
from app.widgets.focus import hand_on
from app.widgets.parts import button
from app.widgets.tab_order import follow_in
from labs.tokens.comparison import MOST_TOKENIZERS

LEAST_PX = 150


class TokenizerRow(QWidget):
    """`changed` comes when one is chosen, added or taken away."""

    changed = Signal()

    def __init__(
        self,
        context: AppContext,
        names: Sequence[str],
        *,
        least: int = 1,
        most: int = MOST_TOKENIZERS,
    ) -> None:
        super().__init__()
        self._context, self._least, self._most = context, least, most
        self.choices: list[TokenizerChoice] = []
        self._frames: dict[TokenizerChoice, QFrame] = {}
        self.add = button("Add a tokenizer")
        self.add.clicked.connect(lambda: self._add(names[-1]))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.add)
        for name in names:
            self._put(name)
        self._show_room()

    @property
    def names(self) -> list[str]:
        return [choice.name for choice in self.choices]

    def choose(self, place: int, name: str) -> None:
        self.choices[place].choose(name)

    def take(self, name: str) -> None:
        """Beside the others, or instead of the last."""
        if len(self.choices) < self._most:
            self._add(name)
        else:
            self.choices[-1].choose(name)

    def _add(self, name: str) -> None:
        if len(self.choices) < self._most:
            self._put(name)
            self._show_room()
            self.changed.emit()

    def _put(self, name: str) -> None:
        choice, frame = TokenizerChoice(self._context, name), QFrame()
        frame.setProperty("role", "card")
        frame.setMinimumWidth(LEAST_PX)
        inner = QHBoxLayout(frame)
        inner.setContentsMargins(8, 4, 4, 4)
        inner.addWidget(choice)
        self.choices.append(choice)
        self._frames[choice] = frame
        self._row.insertWidget(self._row.count() - 1, frame, 1)
        self._context.theme.hand_to(frame)
        if len(self.choices) > 1:
            follow_in(self.choices[-2], frame)
        follow_in(frame, self.add)
        choice.changed.connect(self.changed)
        choice.removed.connect(partial(self._remove, choice))

    def _remove(self, choice: TokenizerChoice) -> None:
        place = self.choices.index(choice)
        self.choices.remove(choice)
        frame = self._frames.pop(choice)
        self._show_room()
        hand_on(frame, self.choices[max(0, place - 1)].heir)
        frame.hide()
        frame.deleteLater()
        self.changed.emit()

    def _show_room(self) -> None:
        self.add.setVisible(len(self.choices) < self._most)
        for choice in self.choices:
            choice.close_button.setVisible(len(self.choices) > self._least)
