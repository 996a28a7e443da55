"""Two runs side by side: their findings, their leading numbers, and one paired sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.pages.labs.compare_work import Comparison
from app.pages.labs.parts import back_button, hairline, row_of, scrolled, words
from labs.experiments.report.words import around_text, counted_text, value_text
from labs.experiments.results import Number


class CompareView(QWidget):
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        back = back_button("My runs")
        back.clicked.connect(self.left)
        self.paired = words("", "heading")
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(24, 12, 24, 24)
        self._column.setSpacing(12)
        self._column.addLayout(row_of(back, stretch=-1))
        self._column.addWidget(words("Two runs side by side", "title"))
        self._column.addWidget(self.paired)
        self._column.addWidget(self._table)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, "Two runs side by side"))

    def show_comparison(self, found: Comparison) -> None:
        self.paired.setText(found.paired)
        fresh = QWidget()
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        for column, side in enumerate(found.sides, start=1):
            grid.addWidget(words(side.title, "heading"), 0, column)
            grid.addWidget(words(side.finding, "secondary"), 1, column,
                           Qt.AlignmentFlag.AlignTop)  # fmt: skip
            grid.setColumnStretch(column, 3)
        grid.setColumnStretch(0, 2)
        for place, title in enumerate(found.titles):
            row = 2 + 2 * place
            grid.addWidget(hairline(), row, 0, 1, 3)
            grid.addWidget(words(title), row + 1, 0)
            for column, side in enumerate(found.sides, start=1):
                grid.addWidget(words(_text(side.numbers.get(title))), row + 1, column)
        self._column.replaceWidget(self._table, fresh)
        self._table.deleteLater()
        self._table = fresh


def _text(number: Number | None) -> str:
    if number is None:
        return "–"
    around = "; ".join(filter(None, (around_text(number), counted_text(number))))
    return f"{value_text(number)}   {around}".strip()
