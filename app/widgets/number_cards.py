"""Numbers on cards: each with its interval and n, and its sentence below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.widgets.parts import words
from app.widgets.tokens import Tokens
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


class NumberCards(QWidget):
    """As many columns as have room."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens = Tokens()
        self._cards: list[QWidget] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)

    def show_numbers(self, numbers: Sequence[Number]) -> None:
        for old in self._cards:
            old.setParent(None)
            old.deleteLater()
        self._cards = [NumberCard(number) for number in numbers]
        self._columns = 0
        self._place()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        fitting = max(1, self.width() // self._tokens.px(CARD_PX))
        columns = min(fitting, max(1, len(self._cards)))
        if columns == 3 and len(self._cards) == 4:
            columns = 2
        if columns == self._columns:
            return
        self._columns = columns
        for place, each in enumerate(self._cards):
            self._grid.addWidget(each, place // columns, place % columns)
        for column in range(len(self._cards)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
