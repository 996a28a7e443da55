"""The one door for short messages to the user, open before a window exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from models.errors import UserError

Level = Literal["info", "success", "warning", "error"]


@dataclass(frozen=True)
class Notice:
    """A message that never asks for an answer. A notice with the `key` of an earlier one takes
    its place; `action` names a button and `run` is what it does."""

    text: str
    hint: str = ""
    level: Level = "info"
    key: str = ""
    action: str = ""
    run: Callable[[], None] | None = None
    stays: bool = False


class Notices(QObject):
    """Keeps what was said until a window shows it."""

    shown = Signal(object)
    withdrawn = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Notice] = []
        self._has_window = False

    def show(self, notice: Notice) -> None:
        """Show `notice` now, or as soon as there is a window."""
        if self._has_window:
            self.shown.emit(notice)
            return
        if notice.key:
            self._waiting = [other for other in self._waiting if other.key != notice.key]
        self._waiting.append(notice)

    def info(self, text: str, hint: str = "", *, key: str = "") -> None:
        self.show(Notice(text, hint, "info", key))

    def error(self, error: UserError, *, key: str = "") -> None:
        self.show(Notice(error.message, error.hint, "error", key, stays=True))

    def withdraw(self, key: str) -> None:
        """Take the notice with this key away."""
        self._waiting = [notice for notice in self._waiting if notice.key != key]
        self.withdrawn.emit(key)

    def attach_window(self) -> None:
        """Called by the window once it listens; what waited is shown in order."""
        self._has_window = True
        waiting, self._waiting = self._waiting, []
        for notice in waiting:
            self.shown.emit(notice)
