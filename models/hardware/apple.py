"""Energy on Apple silicon without an administrator's rights, through zeus-apple-silicon.

The counters are those behind Apple's own powermetrics, in millijoules; they are believed to be
worked out by the chip and not metered. https://pypi.org/project/zeus-apple-silicon
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from models.hardware.energy import EnergyCounter
from models.hardware.reading import Energy

RESOLUTION_J = 1e-3
MISSING = "The package zeus-apple-silicon is not installed; Assay brings it on Python 3.11 to 3.13."
FIELDS = {
    "cpu": ("Processor", "cpu_total_mj"),
    "gpu 0": ("Graphics", "gpu_mj"),
    "ane": ("Neural Engine", "ane_mj"),
    "dram": ("Memory", "dram_mj"),
}


def is_apple_silicon() -> bool:
    return platform.system() == "Darwin" and platform.machine() == "arm64"


class AppleEnergy:
    """`load` brings the package; a number that this chip does not count says so."""

    def __init__(
        self, load: Callable[[], Any] = lambda: import_module("zeus_apple_silicon")
    ) -> None:
        self._reason = ""
        self._monitor: Any = None
        self._counters = {
            domain: EnergyCounter(name, RESOLUTION_J) for domain, (name, _) in FIELDS.items()
        }
        try:
            self._monitor = load().AppleEnergyMonitor()
        except ImportError:
            self._reason = MISSING
        except Exception as error:  # noqa: BLE001 - whatever the private interface raises
            self._reason = f"This Mac did not open its energy counters ({error})."

    def read(self) -> Mapping[str, Energy]:
        if self._reason:
            return {domain: c.silent(self._reason) for domain, c in self._counters.items()}
        try:
            now = self._monitor.get_cumulative_energy()
        except Exception as error:  # noqa: BLE001 - as above; it may come back
            failed = f"The energy counters failed ({error})."
            return {domain: c.silent(failed) for domain, c in self._counters.items()}
        return {
            domain: counter.read(partial(_joules, now, FIELDS[domain][1]))
            for domain, counter in self._counters.items()
        }


def _joules(metrics: Any, field: str) -> float | None:
    millijoules = getattr(metrics, field, None)
    return None if millijoules is None else millijoules / 1000
