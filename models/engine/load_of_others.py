"""How busy the machine was with other things while this process worked."""

from __future__ import annotations

import os
import time

import psutil

IDLE = ("idle", "iowait")
LEAST_S = 0.2  # the system counts in hundredths of a second: in less they would be half a core


class LoadOfOthers:
    """Begins to count when made."""

    def __init__(self) -> None:
        self._started = time.perf_counter(), _busy_s(), _own_s()

    def cores(self) -> float | None:
        """Cores that other processes kept busy since, on the average; None where that is too
        short for the system's counters, or they went backwards or have not moved."""
        began, busy, own = self._started
        seconds = time.perf_counter() - began
        found = _busy_s() - busy
        if seconds < LEAST_S or found <= 0:
            return None
        return max(0.0, (found - (_own_s() - own)) / seconds)


def _busy_s() -> float:
    times = psutil.cpu_times()
    # Guests are counted among the users already.
    skipped = (*IDLE, "guest", "guest_nice")
    return sum(value for name, value in times._asdict().items() if name not in skipped)


def _own_s() -> float:
    times = os.times()
    return times.user + times.system
