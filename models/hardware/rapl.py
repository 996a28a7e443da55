"""The energy of processor and memory by the counters in the processor (RAPL), on Linux.

https://docs.kernel.org/power/powercap/powercap.html
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from models.hardware.asking import Unreadable
from models.hardware.energy import EnergyCounter
from models.hardware.reading import Energy, Measured

POWERCAP = Path("/sys/class/powercap")
RESOLUTION_J = 61e-6  # 2^-14 J, the counter's usual unit; the file tells microjoules
NAMES = {"cpu": "Processor", "dram": "Memory modules"}
NONE = "This machine does not report the processor's energy."
LOCKED = "Only an administrator may read the processor's energy counter here."
NOT_LINUX = "Assay reads the processor's energy on Linux and on Apple silicon only."


class Rapl:
    """Every package and memory controller with a counter of its own, added up by kind."""

    def __init__(
        self,
        folder: Path = POWERCAP,
        platform: str = sys.platform,
        read: Callable[[Path], str] = Path.read_text,
    ) -> None:
        self._reason = NONE if platform.startswith("linux") else NOT_LINUX
        self._zones = [
            _Zone(zone, kind, read)
            for zone in sorted(folder.glob("intel-rapl:*"))
            if (kind := _kind_of(zone))
        ]
        self._absent = EnergyCounter(NAMES["cpu"], RESOLUTION_J)

    def read(self) -> Mapping[str, Energy]:
        if not self._zones:
            return {"cpu": self._absent.silent(self._reason)}
        zones: dict[str, list[Energy]] = {}
        for zone in self._zones:
            zones.setdefault(zone.kind, []).append(zone.read())
        return {kind: together(NAMES[kind], parts) for kind, parts in zones.items()}


class _Zone:
    def __init__(self, folder: Path, kind: str, read: Callable[[Path], str]) -> None:
        self.kind = kind
        self._file, self._read = folder / "energy_uj", read
        self._counter = EnergyCounter(NAMES[kind], RESOLUTION_J, _wrap_j(folder))

    def read(self) -> Energy:
        return self._counter.read(self._joules)

    def _joules(self) -> float:
        try:
            return int(self._read(self._file)) / 1e6
        except PermissionError:
            raise Unreadable(LOCKED) from None
        except FileNotFoundError:
            raise Unreadable(NONE) from None


def together(name: str, parts: list[Energy]) -> Energy:
    """The sum of counters read at one moment; silent as long as one of them is."""
    return Energy(
        name,
        _sum([part.joules for part in parts]),
        _sum([part.power_w for part in parts]),
        sum(part.resolution_j for part in parts),
        max(part.since_s for part in parts),
    )


def _sum(parts: list[Measured]) -> Measured:
    silent = [part for part in parts if part.value is None]
    return silent[0] if silent else Measured(sum(part.value or 0.0 for part in parts))


def _kind_of(zone: Path) -> str:
    """ "cpu" for a package, "dram" for a memory controller, "" for what is part of another."""
    try:
        name = (zone / "name").read_text().strip()
    except OSError:
        return ""
    return "cpu" if name.startswith("package") else "dram" if name == "dram" else ""


def _wrap_j(zone: Path) -> float | None:
    try:
        return int((zone / "max_energy_range_uj").read_text()) / 1e6
    except (OSError, ValueError):
        return None
