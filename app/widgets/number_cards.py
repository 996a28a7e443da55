"""Numbers on cards: each with its interval and n, and its sentence below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.widgets.card_grid import CardGrid
from app.widgets.parts import words
from labs.experiments.report.words import around_text, counted_text, value_text
from labs.experiments.results import Number

CARD_PX = 210


class NumberCard(QFrame):
    def __init__(self, number: Number) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName(number.title)
        self.setToolTip(number.sentence or number.reason)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        column.addWidget(words(value_text(number), "title"))
        column.addWidget(words(number.title))
        around = "; ".join(filter(None, (around_text(number), counted_text(number))))
        column.addWidget(words(around or number.reason, "small"))
        column.addStretch(1)


class NumberCards(CardGrid):
    def __init__(self) -> None:
        super().__init__(CARD_PX)

    def show_numbers(self, numbers: Sequence[Number]) -> None:
        for old in self._cards:
            old.hide()
            old.deleteLater()
        self.show_cards([NumberCard(number) for number in numbers])
