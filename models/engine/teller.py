"""Works out and sends what is told of a token while the next one is already being decoded.

Log-probability, entropy, alternatives and their JSON cost half a millisecond a token: on the
main thread that would be two to four per cent of a small model's speed.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]
Tell = Callable[[int, str, str, Logits | None], None]
AHEAD = 2  # tokens that may wait; then the main thread waits too


class Teller:
    """A thread for one reply. Gets copies of the logits: weights and contexts stay with main.

    `n_values` 0: no logits are wanted. An error of `tell` is raised by the next `put`, or when
    the teller is left.
    """

    def __init__(self, n_values: int, tell: Tell) -> None:
        self._tell = tell
        self._size_bytes = 4 * n_values
        self._buffers = [np.empty(n_values, np.float32) for _ in range(AHEAD + 2)]
        self._next = 0
        self._queue: queue.Queue[tuple[int, str, str] | None] = queue.Queue(AHEAD)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def __enter__(self) -> Teller:
        self._thread.start()
        return self

    def put(self, token: int, decoded: str, released: str, logits: Callable[[], Any]) -> None:
        """`logits()` points at float32 [n_values]; they are copied before this returns."""
        if self._error:
            raise self._error
        if self._size_bytes:
            buffer = self._buffers[self._next % len(self._buffers)]
            ctypes.memmove(buffer.ctypes.data, logits(), self._size_bytes)
        self._next += 1
        self._queue.put((token, decoded, released))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._queue.put(None)
        self._thread.join()
        if self._error and error is None:
            raise self._error

    def _run(self) -> None:
        done = 0
        while (item := self._queue.get()) is not None:
            logits = self._buffers[done % len(self._buffers)] if self._size_bytes else None
            done += 1
            if self._error is None:
                self._try(*item, logits)

    def _try(self, token: int, decoded: str, released: str, logits: Logits | None) -> None:
        try:
            self._tell(token, decoded, released, logits)
        except Exception as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self._error = error
