"""What only some systems tell about the processor: its temperature and its power."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

from models.hardware.reading import Measured

RAPL = Path("/sys/class/powercap/intel-rapl:0")  # https://docs.kernel.org/power/powercap
CPU_CHIPS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "acpitz")
FIRST = "The first reading has nothing to compare with."


def temperature() -> Measured:
    """The warmest sensor of the processor."""
    chips = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    for chip in CPU_CHIPS:
        degrees = [entry.current for entry in chips.get(chip, ()) if entry.current]
        if degrees:
            return Measured(max(degrees))
    return Measured(reason="This system does not report the processor's temperature.")


class PowerMeter:
    """Watts of the processor package between two calls of `read`."""

    def __init__(self, folder: Path = RAPL, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._last: tuple[float, int] | None = None

    def read(self) -> Measured:
        try:
            energy_uj = int((self._folder / "energy_uj").read_text())
        except PermissionError:
            return Measured(reason="Only an administrator may read the processor's power here.")
        except (OSError, ValueError):
            return Measured(reason="This machine does not report the processor's power.")
        now, last = self._clock(), self._last
        self._last = (now, energy_uj)
        # The counter starts again at zero now and then.
        if last is None or now <= last[0] or energy_uj < last[1]:
            return Measured(reason=FIRST)
        return Measured((energy_uj - last[1]) / 1e6 / (now - last[0]))
