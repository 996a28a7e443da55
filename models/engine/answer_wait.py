"""Waiting for what a worker answers: when to ask it to stop, when to ping it, when to kill it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.cancel import CancelToken
from models.engine.messages import Cancel, Delta, Ping, Progress, RowResult
from models.engine.process import Child

PARTIAL = (Progress, Delta, RowResult)
POLL_S = 0.05
CANCEL_GRACE_S = 3.0
PING_AFTER_S = 5.0
SILENCE_LIMIT_S = 15.0
LONGEST_LOOK_S = 1.0


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, before an engine counts as gone."""

    cancel_grace_s: float = CANCEL_GRACE_S
    ping_after_s: float = PING_AFTER_S
    silence_limit_s: float = SILENCE_LIMIT_S


class AnswerWait:
    """Waits for one request's events; knows when to send Cancel, when to ping, when to kill."""

    def __init__(
        self, child: Child, request_id: int, answers: queue.SimpleQueue[Any],
        cancel: CancelToken, clock: Callable[[], float], patience: Patience,
    ) -> None:  # fmt: skip
        self._child = child
        self._request_id = request_id
        self._answers = answers
        self._cancel = cancel
        self._clock = clock
        self._patience = patience
        self._looked_at = clock()
        self._silent_s = 0.0
        self._cancel_sent_at: float | None = None
        self._ping: queue.SimpleQueue[Any] | None = None
        self.finished = False

    @property
    def is_cancelled(self) -> bool:
        return self._cancel.is_cancelled

    def next(self) -> Any:
        while True:
            try:
                event = self._answers.get(timeout=POLL_S)
            except queue.Empty:
                self._climb()
                continue
            if self._cancel.is_cancelled:
                self._climb()
            self._looked_at, self._silent_s = self._clock(), 0.0
            self.finished = not isinstance(event, PARTIAL)
            return event

    def _climb(self) -> None:
        now = self._clock()
        if self._cancel.is_cancelled and self._cancel_sent_at is None:
            self._child.notify(Cancel(self._request_id))
            self._cancel_sent_at = now
        sent = self._cancel_sent_at
        if sent is not None and now - sent > self._patience.cancel_grace_s:
            self._child.kill("stop")
            return
        self._listen(now)

    def _listen(self, now: float) -> None:
        """The reader thread of a healthy worker answers a ping at any time. A leap of the clock is
        a computer that slept, and counts as one look: nobody could answer meanwhile."""
        self._silent_s += min(now - self._looked_at, LONGEST_LOOK_S)
        self._looked_at = now
        if self._ping is None and self._silent_s > self._patience.ping_after_s:
            _, self._ping = self._child.send(Ping())
        elif self._ping is not None and not self._ping.empty():
            self._ping, self._silent_s = None, 0.0
        elif self._silent_s > self._patience.silence_limit_s:
            self._child.kill("silence")
