"""What fits itself: a table to its rows, a foot to its column, a text to its box."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QStyleOptionComboBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.quantization.foot import Foot
from app.widgets.elided_box import ElidedBox
from app.widgets.fitting_table import FittingTable
from app.widgets.parts import button, in_the_middle, scrolled
from app.widgets.rows_model import Column, FilteredRows, RowsModel


@pytest.mark.parametrize(("percent", "width"), [(100, 600), (150, 600), (85, 130)])
def test_a_table_that_scrolls_ends_with_a_whole_row(
    context: AppContext, qtbot: QtBot, percent: int, width: int
) -> None:
    context.theme.use("light", percent)
    page = QWidget()
    qtbot.addWidget(page)
    rows = RowsModel[str]((Column("One", str), Column("Two", str)), page)
    rows.set_rows([str(number) for number in range(20)])
    table = FittingTable("Rows", FilteredRows(rows, page), (100, 100), most=7)
    column = QVBoxLayout(page)
    column.addWidget(table)
    column.addStretch(1)
    context.theme.hand_to(page)
    page.resize(width, 700)
    page.show()
    qtbot.waitUntil(lambda: table.viewport().height() == 7 * table.rowHeight(0))


def test_a_foot_stands_below_its_column_also_beside_a_scroll_bar(
    context: AppContext, qtbot: QtBot
) -> None:
    page, inside, foot = QWidget(), QWidget(), Foot("Work", button("Begin"))
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    area = scrolled(in_the_middle(inside), "Page")
    column.addWidget(area)
    column.addWidget(foot)
    foot.stand_below(area)
    context.theme.hand_to(page)
    inside.setMaximumWidth(foot._inside.maximumWidth())
    page.resize(1400, 300)
    page.show()
    inside.setMinimumHeight(900)
    qtbot.waitUntil(area.verticalScrollBar().isVisible)
    left = [each.mapTo(page, QPoint()).x() for each in (inside, foot._inside)]
    assert left[0] == left[1] > 100


def test_a_long_text_in_a_box_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    box, option = ElidedBox(10), QStyleOptionComboBox()
    qtbot.addWidget(box)
    box.addItem("a model with a long name")
    for width, is_cut in ((90, True), (400, False)):
        box.resize(width, 30)
        box.initStyleOption(option)
        assert box._short(option).endswith("…") == is_cut
