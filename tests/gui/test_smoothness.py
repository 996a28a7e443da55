"""What keeps the window's thread free: work in turns, and how Python shares its time."""

from __future__ import annotations

import gc
import sys
from functools import partial
from time import sleep

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.shell.smoothness import SWITCH_S, favour_the_window
from app.widgets.turns import in_turns


class Painted(QWidget):
    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self._seen = seen

    def paintEvent(self, event: QPaintEvent) -> None:
        self._seen.append("paint")


def test_the_window_is_painted_between_any_two_steps(qtbot: QtBot) -> None:
    """Timers of zero milliseconds came in pairs, and the window stood still for two steps."""
    seen = list[str]()
    shown = Painted(seen)
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitUntil(lambda: bool(seen))
    seen.clear()

    def step() -> None:
        seen.append("step")
        shown.update()
        sleep(0.01)  # longer than a window waits with painting

    in_turns(shown, step, step, step)
    qtbot.waitUntil(lambda: len(seen) == 6)
    assert seen == ["step", "paint"] * 3


def test_steps_that_are_left_go_with_their_owner(qtbot: QtBot) -> None:
    owner, other, seen = QObject(), QObject(), list[str]()
    leave = partial(QTimer.singleShot, 0, other, lambda: delete(owner))
    in_turns(owner, leave, lambda: seen.append("two"))
    in_turns(other, lambda: None, lambda: None, lambda: seen.append("end"))
    qtbot.waitUntil(lambda: "end" in seen)
    assert seen == ["end"]


def test_python_is_as_before_when_the_window_is_gone() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    restore = favour_the_window()
    assert sys.getswitchinterval() == SWITCH_S and gc.get_threshold() != before[0]
    restore()
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
