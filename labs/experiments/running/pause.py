"""Pausing a run between two requests, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass

from models.cancel import CancelToken

POLL_S = 0.1


@dataclass(frozen=True)
class Paused:
    """Yielded while a run waits; its model is free for others."""

    message: str = "Paused"


class PauseAsked(Exception):  # noqa: N818 - a turn of events, not an error
    """Between two answers: the model is given back, and the run waits."""


class PauseSwitch:
    def __init__(self) -> None:
        self._may_run = threading.Event()
        self._may_run.set()

    def pause(self) -> None:
        self._may_run.clear()

    def resume(self) -> None:
        self._may_run.set()

    @property
    def is_paused(self) -> bool:
        return not self._may_run.is_set()

    def raise_if_paused(self) -> None:
        if self.is_paused:
            raise PauseAsked

    def wait(self, cancel: CancelToken) -> Generator[Paused, None, None]:
        """Until `resume`; raises Cancelled when stopped meanwhile."""
        while not self._may_run.wait(POLL_S):
            cancel.raise_if_cancelled()
            yield Paused()
