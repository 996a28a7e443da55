"""Graphics cards that a Linux driver describes in plain files: AMD's, and the energy of Intel's.

https://docs.kernel.org/gpu/amdgpu/thermal.html and driver-misc.html: `gpu_busy_percent` in percent,
`mem_info_vram_*` in bytes, power in microwatts, temperature in thousandths of a degree, clocks in
hertz. Documentation/ABI/testing/sysfs-driver-intel-{i915,xe}-hwmon: `energy1_input` in microjoules
of the whole card, `energy2_input` and `temp2_input` of its package, a folder named i915_gtN of a
part; `power1_max` in microwatts, 0 for no limit, while `power1_cap` is for bursts.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.hardware.asking import Unreadable, ask
from models.hardware.energy import MOST_W, EnergyCounter
from models.hardware.reading import Energy, GpuReading, Measured
from models.hardware.sleeping import PCI, asleep, display_cards, may_sleep

AMD, INTEL = "0x1002", "0x8086"
NAMES = {AMD: "AMD graphics", INTEL: "Intel graphics"}
RESOLUTION_J = 1e-6
MOST_MHZ, MOST_BYTES = 20_000, 2.0**50
NOT_TOLD = "The driver of this card does not tell it."
NO_COUNTER = "The driver of this card tells its power, and counts no energy."
NO_LIMIT = "Its power is not limited."
INTEL_SILENT = "Intel’s driver shows the load of its graphics to administrators only."
NO_CARD = "No card of AMD or Intel was found either."
NOT_LINUX = "Cards of AMD and Intel are read on Linux only."
ASLEEP = "The graphics processor sleeps to save power, and is not woken to be read."
LEFT_ALONE = "Nobody uses the graphics processor, and it is left alone so that it can sleep."
ASKED, LEFT = 60, 40  # readings of a card that rests and may sleep: so long asked, so long not


class DriverFiles:
    """Every card of AMD, and those of Intel that count their energy. `reason` is why there is
    none, "" where there is one, and on a Mac."""

    def __init__(self, pci: Path = PCI, platform: str = sys.platform) -> None:
        found = [(vendor, card) for vendor in NAMES for card in display_cards(vendor, pci)]
        cards = [_Card(vendor, card) for vendor, card in found]
        self._cards = [card for card in cards if card.tells_something]
        self.reason = "" if self._cards or platform == "darwin" else _why(found, platform)

    def read(self) -> tuple[GpuReading, ...]:
        return tuple(card.read() for card in self._cards)

    def energy(self) -> Mapping[str, Energy]:
        """As it was at the last `read`."""
        return {card.domain: card.energy for card in self._cards}


def _why(found: Sequence[tuple[str, Path]], platform: str) -> str:
    if not platform.startswith("linux"):
        return NOT_LINUX
    if not found:
        return NO_CARD
    return INTEL_SILENT if found[0][0] == INTEL else NOT_TOLD


class _Card:
    def __init__(self, vendor: str, folder: Path) -> None:
        self.domain = f"gpu {folder.name}"
        self._folder = folder
        self._hwmon = _hwmon_of(folder)
        self._name = _text(folder / "product_name") or NAMES[vendor]
        counters = [self._hwmon / f"energy{n}_input" for n in (1, 2)]
        self._energy_file = next((file for file in counters if file.exists()), None)
        self._limit_file = self._hwmon / ("power1_max" if vendor == INTEL else "power1_cap")
        self._heat_file = self._hwmon / ("temp2_input" if vendor == INTEL else "temp1_input")
        self.tells_something = (
            self._energy_file is not None or (folder / "gpu_busy_percent").exists()
        )
        self._counter = EnergyCounter(self._name, RESOLUTION_J)
        self.energy = self._counter.silent(NO_COUNTER)
        self._n_resting = 0

    def read(self) -> GpuReading:
        if asleep([self._folder]):
            return self._silent(ASLEEP)
        if self._n_resting >= ASKED and may_sleep([self._folder]):
            self._n_resting = (self._n_resting + 1) % (ASKED + LEFT)
            return self._silent(LEFT_ALONE)
        folder, hwmon = self._folder, self._hwmon
        load = _number(folder / "gpu_busy_percent", 1, 100)
        self._n_resting = self._n_resting + 1 if load.value == 0 else 0
        if counter := self._energy_file:
            self.energy = self._counter.read(lambda: _read(counter) / 1e6)
        return GpuReading(
            name=self._name,
            load_percent=load,
            memory_used_bytes=_number(folder / "mem_info_vram_used", 1, MOST_BYTES),
            memory_total_bytes=_number(folder / "mem_info_vram_total", 1, MOST_BYTES),
            power_w=self._power(),
            temperature_c=_number(self._heat_file, 1000, 150, -50),
            power_limit_w=_limit(self._limit_file),
            graphics_clock_mhz=_number(hwmon / "freq1_input", 1e6, MOST_MHZ),
            memory_clock_mhz=_number(hwmon / "freq2_input", 1e6, MOST_MHZ),
            energy_domain=self.domain,
        )

    def _power(self) -> Measured:
        """Its mean where the card has one, else of this moment; by its counter where it counts."""
        if self._energy_file:
            return self.energy.power_w
        average = self._hwmon / "power1_average"
        return _number(average if average.exists() else self._hwmon / "power1_input", 1e6, MOST_W)

    def _silent(self, reason: str) -> GpuReading:
        none = Measured(reason=reason)
        self.energy = self._counter.silent(reason)
        return GpuReading(
            self._name, none, none, none, none, none, none, none, none, none,
            energy_domain=self.domain,
        )  # fmt: skip


def _hwmon_of(card: Path) -> Path:
    """The folder of the whole card, where parts of it have their own."""
    found = sorted((card / "hwmon").glob("hwmon*"))
    whole = [folder for folder in found if "_gt" not in _text(folder / "name")]
    return next(iter(whole), card / "hwmon")


def _limit(file: Path) -> Measured:
    told = _number(file, 1e6, MOST_W)
    return Measured(reason=NO_LIMIT) if told.value == 0 else told


def _number(file: Path, divisor: float, most: float, least: float = 0.0) -> Measured:
    return ask(lambda: _read(file) / divisor, most, least)


def _read(file: Path) -> int:
    try:
        return int(file.read_text())
    except (FileNotFoundError, PermissionError):
        raise Unreadable(NOT_TOLD) from None


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
