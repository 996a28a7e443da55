"""A tab whose library cannot be loaded says so instead of loading for ever."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.late_tab import NOT_LOADED, LateTab
from models.errors import UserError


def broken() -> Generator[str, None, type[QWidget]]:
    yield "Loading"
    raise UserError("A part of Assay is missing.")


def test_a_tab_that_cannot_be_loaded_says_so(context: AppContext, qtbot: QtBot) -> None:
    tab = LateTab[QWidget](context, broken)
    qtbot.addWidget(tab)
    with qtbot.waitSignal(tab.failed):
        tab.show()
    assert [label.text() for label in tab.findChildren(QLabel)] == [NOT_LOADED]
