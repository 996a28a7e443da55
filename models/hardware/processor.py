"""The processor: what its cores do, and what only some systems tell."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from models.hardware.asking import FIRST, Rate, Unreadable, ask
from models.hardware.reading import Measured

CPU_CHIPS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "acpitz")
THROTTLES = Path("/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count")
NO_THROTTLES = "This system does not tell whether heat slows the processor down."


class Cores:
    """How busy every logical core was since the reading before."""

    def __init__(self) -> None:
        self._percents: tuple[float, ...] = ()
        self._is_first = True
        psutil.cpu_percent(percpu=True)

    def read(self) -> tuple[Measured, tuple[float, ...]]:
        """The mean over all cores, and each; none at the first call."""
        mean = ask(self._mean, 100)
        self._is_first = False
        return mean, self._percents if mean.value is not None else ()

    def _mean(self) -> float:
        self._percents = tuple(psutil.cpu_percent(percpu=True))
        if self._is_first:
            raise Unreadable(FIRST)
        return sum(self._percents) / len(self._percents)


def temperature() -> Measured:
    """The warmest sensor of the processor."""
    return ask(_degrees, 150, -50)


def load_average() -> Measured:
    """Programs that ran or waited to run, on average over the last minute."""
    return ask(_load)


def clock_mhz() -> Measured:
    return ask(_clock, 20_000)


class Throttling:
    """How often heat held the processor back since the call before."""

    def __init__(self, file: Path = THROTTLES) -> None:
        self._file = file
        self._rate = Rate(self._calls)
        self._count = 0

    def read(self) -> Measured:
        return ask(self._events)

    def _calls(self) -> float:
        self._count += 1
        return self._count  # a step of one: the rate is a difference

    def _events(self) -> float:
        try:
            count = int(self._file.read_text())
        except (OSError, ValueError):
            raise Unreadable(NO_THROTTLES) from None
        return self._rate.of(count)


def _degrees() -> float:
    chips = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    for chip in CPU_CHIPS:
        degrees = [entry.current for entry in chips.get(chip, ()) if entry.current]
        if degrees:
            return float(max(degrees))
    raise Unreadable("This system does not report the processor's temperature.")


def _load() -> float:
    if not hasattr(os, "getloadavg"):
        raise Unreadable("Windows does not count waiting programs.")
    return os.getloadavg()[0]


def _clock() -> float:
    found = psutil.cpu_freq() if hasattr(psutil, "cpu_freq") else None
    if found is None or not found.current:
        raise Unreadable("This system does not report the processor's clock.")
    return float(found.current)
