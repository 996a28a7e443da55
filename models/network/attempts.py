"""What was tried, kept for the Network page."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

LEDGER_LENGTH = 1000


@dataclass(frozen=True)
class Attempt:
    """One try to reach beyond this machine. `asker` is "module.function" of whoever tried.

    `event` is Python's name of it, such as "socket.connect", or "act" for what the gate was asked.
    `reason` is the act that had opened the door or asked for it. `process` names another process
    of Assay in plain words and is "" for the one that keeps the ledger.
    """

    time: float  # seconds since the epoch
    asker: str
    event: str
    host: str
    allowed: bool
    reason: str = ""
    process: str = ""


class Ledger:
    """The last tries of all processes, and how many there were. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._attempts: deque[Attempt] = deque(maxlen=LEDGER_LENGTH)
        self._listeners: list[Callable[[Attempt], None]] = []
        self.refused, self.allowed = 0, 0

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Oldest first; the oldest of more than a thousand are gone."""
        with self._lock:
            return tuple(self._attempts)

    def add(self, attempt: Attempt) -> None:
        with self._lock:
            self._attempts.append(attempt)
            if attempt.allowed:
                self.allowed += 1
            else:
                self.refused += 1
            listeners = list(self._listeners)
        for listener in listeners:
            listener(attempt)

    def subscribe(self, listener: Callable[[Attempt], None]) -> Callable[[], None]:
        """`listener` runs on whichever thread tried and must not raise; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
