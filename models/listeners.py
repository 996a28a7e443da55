"""Who wants to hear of something, on whatever thread it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, ParamSpec

Told = ParamSpec("Told")


def to_the_hook_of_threads(bug: Exception) -> None:
    """Where a fault goes that nobody waits for: the crash log listens there."""
    threading.excepthook(
        threading.ExceptHookArgs((type(bug), bug, bug.__traceback__, threading.current_thread()))
    )


class Listeners(Generic[Told]):
    """A fault in one of them is told to `on_bug`, each kind once: what it listens to goes on, and
    so do the others."""

    def __init__(self, on_bug: Callable[[Exception], object] = to_the_hook_of_threads) -> None:
        self._on_bug = on_bug
        self._lock = threading.Lock()
        self._told_bugs: set[str] = set()
        self._callbacks: tuple[Callable[Told, object], ...] = ()

    def add(self, callback: Callable[Told, object]) -> Callable[[], None]:
        """Returns what ends it, which may be called more than once."""
        with self._lock:
            self._callbacks = (*self._callbacks, callback)

        def end() -> None:
            with self._lock:
                self._callbacks = tuple(each for each in self._callbacks if each is not callback)

        return end

    def tell(self, *args: Told.args, **named: Told.kwargs) -> None:
        for callback in self._callbacks:
            try:
                callback(*args, **named)
            except Exception as bug:  # noqa: BLE001 - told; the others want theirs
                self.tell_bug(bug)

    def tell_bug(self, bug: Exception) -> None:
        if repr(bug) not in self._told_bugs:
            self._told_bugs.add(repr(bug))
            self._on_bug(bug)

    def clear(self) -> None:
        """Nobody hears any more."""
        with self._lock:
            self._callbacks = ()
