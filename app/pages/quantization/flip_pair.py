"""Which two models are compared: any that has answered, and one that was asked exactly the same."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from app.pages.quantization.flips_run import Place
from app.pages.quantization.flips_work import Choice, partners
from app.widgets.elided_box import ElidedBox
from app.widgets.parts import row_of, words
from app.widgets.still import keep_still
from models.errors import UserError

Pair = tuple[Choice, Choice]


class FlipPair(QWidget):
    """`changed` comes when the user has chosen another pair, `refused` with a UserError where
    nothing can be compared with what was chosen."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.choices: tuple[Choice, ...] = ()
        self.boxes = self.first, self.second = ElidedBox(14), ElidedBox(14)
        for name, box in zip(("From this model", "To this model"), self.boxes, strict=True):
            box.setAccessibleName(name)
        keep_still(*self.boxes)
        row = row_of(self.first, words("to", "secondary", wrap=False), self.second)
        row.setContentsMargins(0, 0, 0, 0)
        for place in (0, 2):
            row.setStretch(place, 1)
        self.setLayout(row)
        self.first.activated.connect(lambda _at: self._on_first())
        self.second.activated.connect(lambda _at: self.changed.emit())

    @property
    def chosen(self) -> Pair | None:
        at, second = self.first.currentIndex(), self.second.currentData()
        return (self.choices[at], second) if at >= 0 and second is not None else None

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """What there is to choose from; nothing is chosen yet."""
        self.choices = choices
        with QSignalBlocker(self.first):
            self.first.clear()
            self.first.addItems([choice.title for choice in choices])

    def choose(self, first: Choice, second: Choice) -> None:
        with QSignalBlocker(self.first):
            self.first.setCurrentIndex(self.choices.index(first))
        self._fill_second(second)

    def at(self, places: Sequence[Place]) -> Pair | None:
        """The choices that stand for two places, where both are there."""
        by_place = {choice.place: choice for choice in self.choices}
        found = [by_place[place] for place in places if place in by_place]
        return (found[0], found[1]) if len(found) == 2 else None

    # ---- inside ------------------------------------------------------------------------------

    def _on_first(self) -> None:
        chosen = self.choices[self.first.currentIndex()]
        others = partners(self.choices, chosen)
        if others:
            self._fill_second(others[0])
            self.changed.emit()
        else:
            self.refused.emit(UserError(
                f"Nothing else was asked the same as {chosen.title}.",
                "Run another model with the same set, options, time and seed.",
            ))  # fmt: skip

    def _fill_second(self, wanted: Choice) -> None:
        others = partners(self.choices, self.choices[self.first.currentIndex()])
        with QSignalBlocker(self.second):
            self.second.clear()
            for other in others:
                self.second.addItem(other.title, other)
            if wanted in others:
                self.second.setCurrentIndex(others.index(wanted))
        for box in self.boxes:
            box.setToolTip(box.currentText())
