"""The beat of an event loop: a 10 ms timer that notes how far apart its ticks came."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS = 10


class Beat:
    """`late_ms` holds the milliseconds between ticks, one entry a tick."""

    def __init__(self, owner: QObject) -> None:
        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(owner, timerType=Qt.TimerType.PreciseTimer, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self) -> None:
        """Forget what came before."""
        self._last = time.perf_counter()
        self.late_ms.clear()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append((now - self._last) * 1000)
        self._last = now


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of all are at most (nearest rank)."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1]
