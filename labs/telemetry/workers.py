"""The memory of the processes that run models, as the system tells it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

import psutil

from labs.telemetry.gathering import Readings, Watch
from models.engine.pool import Pool

KEPT = 1200  # ten minutes at two readings a second


class WorkerMemory:
    """Bytes that each model's process holds of the machine's memory, mapped pages of its file
    included and a graphics processor's own memory not. `pids` tells which process runs which."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self._seen: deque[tuple[float, dict[str, int]]] = deque(maxlen=KEPT)

    def total(self) -> int:
        """Of all processes now."""
        return sum(_resident_bytes(pid) for pid in self._pids().values())

    def note(self, time_s: float) -> None:
        """Remember what they hold at this moment."""
        found = {model: _resident_bytes(pid) for model, pid in self._pids().items()}
        self._seen.append((time_s, found))

    def peak(self, model: str, start_s: float, end_s: float) -> int | None:
        """The most that was seen of one model's process between two moments."""
        seen = [held[model] for at, held in tuple(self._seen)
                if start_s <= at <= end_s and held.get(model)]  # fmt: skip
        return max(seen, default=None)


def watch_of(pool: Pool, readings: Readings, counts: Callable[[], bool] = lambda: True) -> Watch:
    """Sums up what the machine and the processes of a pool's models do; see Watch."""
    return Watch(readings, WorkerMemory(pool.worker_pids).total, counts)


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:  # it has just ended
        return 0
