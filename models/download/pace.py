"""How a download gets on: bytes, speed and the time left, from the last few seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from models.amounts import size_text

WINDOW_S = 8.0


@dataclass(frozen=True)
class DownloadProgress:
    """Bytes done and in all, those of an earlier try included; None where it is too early."""

    done: int
    total: int
    bytes_per_s: float | None = None
    time_left_s: float | None = None

    @property
    def detail(self) -> str:
        """ "1.20 of 2.02 GB · 12.3 MB/s"."""
        done, total = size_text(self.done), size_text(self.total)
        if done.rpartition(" ")[2] == total.rpartition(" ")[2]:
            done = done.rpartition(" ")[0]
        return f"{done} of {total}{self._speed}"

    @property
    def _speed(self) -> str:
        if self.bytes_per_s is None:
            return ""
        if self.bytes_per_s == 0:
            return " · nothing arrives at the moment"
        return f" · {size_text(round(self.bytes_per_s))}/s"


class Pace:
    """Speed over a few seconds: what an earlier try brought counts for nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: deque[tuple[float, int]] = deque()

    def step(self, done_bytes: int, total_bytes: int) -> DownloadProgress:
        now_s = self._clock()
        self._steps.append((now_s, done_bytes))
        while now_s - self._steps[0][0] > WINDOW_S and len(self._steps) > 2:
            self._steps.popleft()
        began_s, began_bytes = self._steps[0]
        took_s = now_s - began_s
        if took_s < 1.0:
            return DownloadProgress(done_bytes, total_bytes)
        speed = (done_bytes - began_bytes) / took_s
        left_s = (total_bytes - done_bytes) / speed if speed else None
        return DownloadProgress(done_bytes, total_bytes, speed, left_s)
