"""A small table of results: each number with what lies around it below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.pages.labs.number_list import parts_of
from app.widgets.parts import hairline, words
from labs.experiments.results import Number, Table


def turned(table: Table) -> Table:
    """Rows become columns: for tables with few rows and many columns."""
    columns = tuple(str(row[0]) for row in table.rows)
    rows = tuple(
        (title, *(row[place] for row in table.rows))
        for place, title in enumerate(table.columns[1:], start=1)
    )
    return Table(table.title, (table.columns[0], *columns), rows, table.note)


class TableGrid(QWidget):
    """Made anew for each table."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.setAccessibleName(table.title)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        top = Qt.AlignmentFlag.AlignTop
        for column, title in enumerate(table.columns):
            grid.addWidget(words(title, "small"), 0, column, Qt.AlignmentFlag.AlignBottom)
            grid.setColumnStretch(column, 3 if column == 0 else 2)
        for place, row in enumerate(table.rows):
            grid.addWidget(hairline(), 2 * place + 1, 0, 1, len(table.columns))
            for column, each in enumerate(row):
                grid.addWidget(_cell(each), 2 * place + 2, column, top)
        if table.note:
            end = 2 * len(table.rows) + 1
            grid.addWidget(words(table.note, "small"), end, 0, 1, len(table.columns))


def _cell(cell: str | Number) -> QWidget:
    if isinstance(cell, str):
        return words(cell)
    value, around = parts_of(cell)
    if not around:
        return words(value)
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(words(value))
    column.addWidget(words(around, "small"))
    return inside
