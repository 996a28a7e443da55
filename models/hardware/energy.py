"""Energy counters as joules since they were first read."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from models.hardware.asking import BROKEN, FIRST, ask
from models.hardware.reading import Energy, Measured

MOST_W = 20_000.0  # no part of one machine takes more


class EnergyCounter:
    """Adds up one hardware counter. Where it wraps, `wrap_j` is the number it wraps at."""

    def __init__(
        self,
        name: str,
        resolution_j: float,
        wrap_j: float | None = None,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._resolution_j, self._wrap_j = name, resolution_j, wrap_j
        self._clock, self._steady = clock, steady
        self._since_s = clock()
        self._total_j = 0.0
        self._last: tuple[float, float] | None = None

    def read(self, question: Callable[[], float | None]) -> Energy:
        """The energy now; `question` tells the counter in joules."""
        raw = ask(question)
        if raw.value is None:
            return self._told(raw, raw)
        now, last = self._steady(), self._last
        self._last = (now, raw.value)
        if last is None:
            return self._told(Measured(0.0), Measured(reason=FIRST))
        elapsed_s = now - last[0]
        gained_j = self._gained(last[1], raw.value)
        if not 0 <= gained_j <= MOST_W * max(elapsed_s, 1.0):
            self._since_s, self._total_j = self._clock(), 0.0
            return self._told(Measured(reason=BROKEN), Measured(reason=BROKEN))
        self._total_j += gained_j
        power = ask(lambda: gained_j / elapsed_s if elapsed_s > 0 else None, MOST_W)
        return self._told(Measured(self._total_j), power)

    def silent(self, reason: str) -> Energy:
        """The energy of a counter that cannot be asked at all."""
        return self._told(Measured(reason=reason), Measured(reason=reason))

    def _gained(self, before_j: float, now_j: float) -> float:
        if now_j >= before_j:
            return now_j - before_j
        return now_j + self._wrap_j - before_j if self._wrap_j else -math.inf

    def _told(self, joules: Measured, power_w: Measured) -> Energy:
        return Energy(self._name, joules, power_w, self._resolution_j, self._since_s)
