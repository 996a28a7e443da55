"""What keeps the window's thread free: work in turns, and how Python shares its time."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.shell.smoothness import SWITCH_S, favour_the_window
from app.widgets.turns import in_turns


def test_others_come_through_between_two_steps(qtbot: QtBot) -> None:
    owner, seen = QObject(), list[str]()
    in_turns(owner, lambda: seen.append("one"), lambda: seen.append("two"))
    QTimer.singleShot(0, owner, lambda: seen.append("between"))
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == ["one", "between", "two"]


def test_steps_that_are_left_go_with_their_owner(qtbot: QtBot) -> None:
    owner, other, seen = QObject(), QObject(), list[str]()
    in_turns(owner, lambda: seen.append("one"), lambda: seen.append("two"))
    QTimer.singleShot(0, other, lambda: delete(owner))
    in_turns(other, lambda: None, lambda: None, lambda: seen.append("end"))
    qtbot.waitUntil(lambda: "end" in seen)
    assert seen == ["one", "end"]


def test_python_is_as_before_when_the_window_is_gone() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    restore = favour_the_window()
    assert sys.getswitchinterval() == SWITCH_S and gc.get_threshold() != before[0]
    restore()
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
