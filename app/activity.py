"""What the engine is doing for the user right now, as the status strip shows it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

STEADY_AFTER_S = 0.5  # a speed over less than this is a guess


class Activity(QObject):
    """Pages write here; the strip reads."""

    changed = Signal()

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._first_s: float | None = None
        self._tokens = 0
        self.tokens_per_second: float | None = None
        self.context_used: int | None = None
        self.context_size: int | None = None

    def begin_reply(self) -> None:
        """Count the tokens of a new reply from here."""
        self._first_s, self._tokens = None, 0

    def count_tokens(self, count: int) -> None:
        """So many tokens have just arrived; the first ones only start the clock."""
        now_s = self._clock()
        if self._first_s is None:
            self._first_s = now_s
            return
        self._tokens += count
        elapsed_s = now_s - self._first_s
        if elapsed_s >= STEADY_AFTER_S:
            self.show_speed(self._tokens / elapsed_s)

    def show_speed(self, tokens_per_second: float | None) -> None:
        """The speed of the reply that streams or was last; None while there is none."""
        self.tokens_per_second = tokens_per_second
        self.changed.emit()

    def show_context(self, used: int | None, size: int | None) -> None:
        """Tokens in the context of the open chat, of how many that fit."""
        self.context_used, self.context_size = used, size
        self.changed.emit()
