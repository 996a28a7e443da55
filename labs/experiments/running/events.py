"""What happened between trials: sleep, clocks set back, crashes, stops, battery, swap. Kept
beside the trials."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from labs.experiments.record.run_folder import EVENTS, RunFolder
from labs.experiments.record.trials import LineWriter

LONGEST_STEP_S = 2.0  # the wall clock may run ahead of the steady one by this much
THROTTLE = Path("/sys/devices/system/cpu")
SWAP_STEP_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Phase:
    """What goes on before or after the trials, in words."""

    model: str
    message: str


class EventLog:
    """Appends events; `after` counts the trials that were finished before it."""

    def __init__(self, folder: RunFolder, now: Callable[[], datetime]) -> None:
        self._writer = LineWriter(folder.file(EVENTS))
        self._now = now

    def write(self, kind: str, after: int, **details: Any) -> None:
        at = self._now().astimezone().isoformat(timespec="seconds")
        line = json.dumps({"event": kind, "after": after, "at": at, **details}, ensure_ascii=False)
        self._writer.write([line.encode() + b"\n"])

    def close(self) -> None:
        self._writer.__exit__(None, None, None)


class MachineWatch:
    """Tells what changed about the machine since it was last asked."""

    def __init__(
        self, wall: Callable[[], float], steady: Callable[[], float],
        battery: Callable[[], bool | None] | None = None, swap: Callable[[], int] | None = None,
        throttled: Callable[[], int] | None = None,
    ) -> None:  # fmt: skip
        self._wall = wall
        self._steady = steady
        self._battery = battery or on_battery
        self._swap = swap or swap_bytes
        self._last = (wall(), steady())
        self._was_on_battery = self._battery()
        self._swap_bytes = self._swap()
        self._throttled = throttled or throttle_count
        self._throttle_count = self._throttled()

    def clock_step_s(self) -> float:
        """By how many seconds the wall clock left the steady one since the last call; mostly 0.
        Ahead: the machine slept, and its steady clock with it. Behind: the clock was set back."""
        now = (self._wall(), self._steady())
        ahead = (now[0] - self._last[0]) - (now[1] - self._last[1])
        self._last = now
        return ahead if abs(ahead) > LONGEST_STEP_S else 0.0

    def changes(self) -> list[dict[str, Any]]:
        """Events on battery, swap and throttling since the last call."""
        found: list[dict[str, Any]] = []
        battery, swap = self._battery(), self._swap()
        if battery != self._was_on_battery:
            found.append({"kind": "battery" if battery else "mains"})
        if swap - self._swap_bytes > SWAP_STEP_BYTES:
            found.append({"kind": "swap", "bytes": swap - self._swap_bytes})
        self._was_on_battery, self._swap_bytes = battery, max(swap, 0)
        times = self._throttled()
        if times > self._throttle_count:
            found.append({"kind": "throttling", "times": times - self._throttle_count})
        self._throttle_count = times
        return found


def on_battery() -> bool | None:
    """None where the machine has no battery, or does not tell."""
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return None if battery is None else not battery.power_plugged


def swap_bytes() -> int:
    return int(psutil.swap_memory().used)


def throttle_count(folder: Path = THROTTLE) -> int:
    """How often the processor has slowed down for its heat, where the system counts that (Linux
    on Intel); 0 elsewhere."""
    total = 0
    for file in folder.glob("cpu*/thermal_throttle/package_throttle_count"):
        try:
            total = max(total, int(file.read_text()))
        except (OSError, ValueError):
            continue
    return total
