"""Rows of a table that follow what grows at one end and is forgotten at the other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.widgets.data_table import DataTable
from app.widgets.rows_model import Column, FilteredRows, RowsModel

Row = tuple[int, str]
COLUMNS: tuple[Column[Row], ...] = (
    Column("Number", lambda row: str(row[0]), lambda row: row[0]),
    Column("Word", lambda row: row[1]),
)


def log_of(*numbers: int, word: str = "a") -> tuple[Row, ...]:
    return tuple((number, word) for number in numbers)


@pytest.fixture
def rows(qtbot: QtBot) -> RowsModel[Row]:
    made = RowsModel[Row](COLUMNS)
    made.set_rows(log_of(3, 2, 1))
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


@pytest.mark.parametrize("newer", [(3, 2, 1), (4, 3, 2), (5, 4, 3), (3, 2), (5, 4, 3, 2, 1)])
def test_a_log_is_followed_without_a_reset(rows: RowsModel[Row], newer: tuple[int, ...]) -> None:
    resets: list[object] = []
    rows.modelReset.connect(lambda: resets.append(1))
    assert rows.follow(log_of(*newer), lambda row: row[0]) and not resets
    assert rows.rows == log_of(*newer) and rows.rowCount() == len(newer)


@pytest.mark.parametrize("others", [(), (9, 8), (2, 3, 1), (3, 1)])
def test_other_rows_are_left_to_a_reset(rows: RowsModel[Row], others: tuple[int, ...]) -> None:
    assert not rows.follow(log_of(*others), lambda row: row[0])
    assert rows.rows == log_of(3, 2, 1)


def test_only_what_changed_is_told_and_a_sorted_table_keeps_its_order(
    rows: RowsModel[Row],
) -> None:
    shown = FilteredRows(rows, rows)
    shown.sort(0, Qt.SortOrder.AscendingOrder)
    told: list[tuple[int, int]] = []
    rows.dataChanged.connect(lambda first, last, *_: told.append((first.row(), last.row())))
    rows.follow((*log_of(4), *log_of(3, word="b"), *log_of(2)), lambda row: row[0])
    assert told == [(1, 1)]
    assert [shown.index(row, 0).data() for row in range(3)] == ["2", "3", "4"]
    assert shown.index(1, 1).data() == "b"


@pytest.mark.parametrize(("room_px", "left"), [(0, [0, 1]), (-1, [0]), (-60, [])])
def test_columns_leave_until_there_is_room(
    qtbot: QtBot, rows: RowsModel[Row], room_px: int, left: list[int]
) -> None:
    table = DataTable("Words", FilteredRows(rows))
    qtbot.addWidget(table)
    table.make_room(room_px, [(1, 50), (0, 50)])
    assert [column for column in range(2) if not table.isColumnHidden(column)] == left
    assert "Word" in table.as_csv()
