"""How many cores programs other than Assay kept busy, from readings of the whole machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

import psutil

from models.hardware.reading import Reading

KEPT = 1200  # ten minutes at two readings a second
LONGEST_GAP_S = 5.0


class OtherPrograms:
    """Whole machine less this process and those that run models; `pids` tells which these are."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self._last: tuple[float, dict[int, float]] | None = None
        self._seen: deque[tuple[float, float]] = deque(maxlen=KEPT)

    def note(self, reading: Reading) -> None:
        """On every reading, as it comes."""
        busy_s = {pid: _processor_s(pid) for pid in self._pids().values()}
        last, self._last = self._last, (reading.time, busy_s)
        whole, own = reading.cpu_percent.value, reading.own_cpu_percent.value
        step_s = 0.0 if last is None else reading.time - last[0]
        if last is None or whole is None or own is None or not 0 < step_s <= LONGEST_GAP_S:
            return
        models = sum(max(0.0, now - last[1].get(pid, now)) for pid, now in busy_s.items()) / step_s
        others = whole / 100 * len(reading.cores_percent) - own / 100 - models
        self._seen.append((reading.time, max(0.0, others)))

    def between(self, start_s: float, end_s: float) -> float | None:
        """Cores on average, of the readings between two moments; None without any."""
        cores = [each for time_s, each in tuple(self._seen) if start_s <= time_s <= end_s]
        return sum(cores) / len(cores) if cores else None


def _processor_s(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:  # it has just ended
        return 0.0
    return float(times.user + times.system)
