"""Numbers one a row: what each is, its value, and what lies around it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.widgets.parts import words
from labs.experiments.report.words import around_text, counted_text, value_text
from labs.experiments.results import Number
from labs.experiments.statistics.wording import p_text


def parts_of(number: Number) -> tuple[str, str]:
    """The value, and what stands below it. Of a test its p is what is read; differences keep
    their half point, as eight items move in steps of 12.5."""
    around = around_text(number)
    if number.p is not None and number.unit == "number":
        return f"p {p_text(number.p)}", ""
    if number.value is None:
        return value_text(number), number.reason
    if number.unit == "points" and number.low is None:
        return f"{100 * number.value:.3g} points", around
    return value_text(number), around


class NumberList(QWidget):
    """Made anew for each set of numbers."""

    def __init__(self, numbers: Sequence[Number]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        for place, each in enumerate(numbers):
            grid.addWidget(words(each.title, "secondary"), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_value(each), place, 1, Qt.AlignmentFlag.AlignTop)


def _value(number: Number) -> QWidget:
    value, around = parts_of(number)
    n = "" if number.value is None and number.p is None else counted_text(number)
    around = "; ".join(filter(None, (around, n)))
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(words(value))
    if around:
        column.addWidget(words(around, "small"))
    return inside
