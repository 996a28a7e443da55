"""The bar on the left keeps its words while there is room, and every page in reach without."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.shell.navigation import NavigationBar
from app.shell.pages import PAGES


def bar_of(context: AppContext, qtbot: QtBot, scale: int, height: int) -> NavigationBar:
    context.theme.use("light", scale)
    bar = NavigationBar(PAGES)
    qtbot.addWidget(bar)
    context.theme.hand_to(bar)
    bar.resize(bar.width(), height)
    with qtbot.waitExposed(bar):
        bar.show()
    return bar


@pytest.mark.parametrize("scale", [85, 100, 125, 150, 200])
def test_every_word_is_whole(context: AppContext, qtbot: QtBot, scale: int) -> None:
    bar = bar_of(context, qtbot, scale, 1400)
    for button in bar.findChildren(QToolButton):
        words = QFontMetrics(button.font()).horizontalAdvance(button.text())
        assert words + 2 <= button.width(), button.text()


def test_where_words_have_no_room_the_icons_stay_and_are_named(
    context: AppContext, qtbot: QtBot
) -> None:
    bar = bar_of(context, qtbot, 200, 600)
    buttons = bar.findChildren(QToolButton)
    assert bar.height() == 600
    assert all(button.toolTip() == button.text() for button in buttons)
    assert max(button.geometry().bottom() for button in buttons) < 600
    bar.resize(bar.width(), 1400)
    assert not any(button.toolTip() for button in buttons)
