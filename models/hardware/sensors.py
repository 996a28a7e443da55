"""Reads the machine that Assay runs on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

import psutil

from models.hardware.apple import AppleEnergy, is_apple_silicon
from models.hardware.asking import FIRST, Unreadable, ask
from models.hardware.driver_files import DriverFiles
from models.hardware.nvidia import APPLE, Nvidia
from models.hardware.pressure import pressure_level, pressure_percent
from models.hardware.processor import Cores, Throttling, clock_mhz, load_average, temperature
from models.hardware.rapl import Rapl
from models.hardware.reading import UNREAD, Energy, GpuReading, Measured, Reading
from models.hardware.storage import Disk, Swap, memory_now

SLOW_EVERY = 10  # readings; temperature, clock and battery change slowly and cost the most


class Meter(Protocol):
    """Counts energy by domain."""

    def read(self) -> Mapping[str, Energy]: ...


class Sensors:
    """Reads again and again; loads and rates count from the reading before. Used by one thread.

    `folder` names the file system whose room is told.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        folder: Path | None = None,
        nvidia: Nvidia | None = None,
        meter: Meter | None = None,
        cards: DriverFiles | None = None,
    ) -> None:
        self._clock = clock
        self._own = psutil.Process()
        self._own.cpu_percent()
        self._cores, self._throttling = Cores(), Throttling()
        self._disk, self._swap = Disk(folder or Path.home()), Swap()
        self._nvidia, self._cards = nvidia or Nvidia(), cards or DriverFiles()
        self._meter = meter or (AppleEnergy() if is_apple_silicon() else Rapl())
        self._count = 0
        self._slow: dict[str, Measured] = {}
        self._on_battery = False

    def read(self) -> Reading:
        """The machine now, in about a millisecond where no GPU is asked."""
        if self._count % SLOW_EVERY == 0:
            self._read_slow()
        self._count += 1
        cpu, cores = self._cores.read()
        memory = memory_now()
        energy = dict(self._meter.read())
        gpus = (*self._nvidia.read(), *self._cards.read()) or _of_this_chip(energy, memory)
        energy |= {**self._nvidia.energy(), **self._cards.energy()}
        return Reading(
            time=self._clock(),
            cpu_percent=cpu,
            cores_percent=cores,
            own_memory_bytes=ask(lambda: self._own.memory_info().rss),
            own_cpu_percent=ask(self._own_percent),
            cpu_power_w=energy["cpu"].power_w if "cpu" in energy else UNREAD,
            on_battery=self._on_battery,
            gpus=gpus,
            gpu_reason="" if gpus else f"{self._nvidia.reason} {self._cards.reason}".strip(),
            load_average=load_average(),
            memory_pressure_percent=pressure_percent(),
            memory_pressure_level=pressure_level(),
            energy=energy,
            **memory,
            **self._swap.read(),
            **self._disk.read(),
            **self._slow,
        )

    def close(self) -> None:
        self._nvidia.close()

    def _own_percent(self) -> float:
        percent = self._own.cpu_percent()
        if self._count == 1:
            raise Unreadable(FIRST)
        return percent

    def _read_slow(self) -> None:
        battery, self._on_battery = _battery()
        self._slow = {
            "cpu_temperature_c": temperature(),
            "cpu_clock_mhz": clock_mhz(),
            "cpu_throttle_events": self._throttling.read(),
            "battery_percent": battery,
        }


def read() -> Reading:
    """One reading by itself: loads have no value, because they need two."""
    with closing(Sensors()) as sensors:
        return sensors.read()


def _battery() -> tuple[Measured, bool]:
    try:
        found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    except Exception as error:  # noqa: BLE001 - firmware writes what it likes; it may come back
        return Measured(reason=f"The battery did not answer ({error})."), False
    if found is None:
        return Measured(reason="This machine has no battery, or does not report it."), False
    return ask(lambda: found.percent, 101), found.power_plugged is False


def _of_this_chip(
    energy: Mapping[str, Energy], memory: Mapping[str, Measured]
) -> tuple[GpuReading, ...]:
    """The graphics part of a chip that counts its energy and shares the machine's memory."""
    if "gpu 0" not in energy:
        return ()
    untold = Measured(reason=APPLE)
    return (
        GpuReading(
            "Apple graphics",
            load_percent=untold,
            memory_used_bytes=memory["memory_used_bytes"],
            memory_total_bytes=memory["memory_total_bytes"],
            power_w=energy["gpu 0"].power_w,
            temperature_c=untold,
            has_own_memory=False,
            energy_domain="gpu 0",
        ),
    )
