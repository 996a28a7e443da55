"""Some PySide6 releases lose references to None and True until the interpreter aborts."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

TIMES = 5000
SLACK = 500  # other code takes and gives references meanwhile


class Bell(QObject):
    rang = Signal(bool)


def test_emitting_a_signal_keeps_the_references_of_true(qtbot: QtBot) -> None:
    bell, before = Bell(), sys.getrefcount(True)
    for _ in range(TIMES):
        bell.rang.emit(True)
    assert abs(sys.getrefcount(True) - before) < SLACK


def test_calls_that_return_nothing_keep_the_references_of_none(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(TIMES):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < SLACK
