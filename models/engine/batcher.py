"""Collects text on its way up, so that the window gets at most thirty messages a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from models.engine.messages import Delta, Progress, TokenData

INTERVAL_S = 1 / 30


class Batcher:
    """The first token goes at once; later ones wait for the interval to pass."""

    def __init__(
        self,
        send: Callable[[Progress | Delta], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._clock = clock
        self._text: list[str] = []
        self._tokens: list[TokenData] = []
        self._sent_at = float("-inf")

    def emit(self, event: Progress | Delta) -> None:
        if isinstance(event, Progress):
            self._send(event)
            return
        self._text.append(event.text)
        self._tokens.extend(event.tokens)
        if self._clock() - self._sent_at >= INTERVAL_S:
            self.flush()

    def flush(self) -> None:
        if self._text or self._tokens:
            self._send(Delta("".join(self._text), tuple(self._tokens)))
            self._text, self._tokens = [], []
            self._sent_at = self._clock()
