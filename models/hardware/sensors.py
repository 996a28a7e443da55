"""Reads the machine that Assay runs on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing

import psutil

from models.hardware.nvidia import Nvidia
from models.hardware.processor import FIRST, PowerMeter, temperature
from models.hardware.reading import Measured, Reading

SLOW_EVERY = 10  # temperature and battery change slowly and cost the most


class Sensors:
    """Reads again and again; loads count from the reading before. Used by one thread."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._own = psutil.Process()
        self._nvidia = Nvidia()
        self._power = PowerMeter()
        self._count = 0
        self._slow = _read_slow()
        psutil.cpu_percent()
        self._own.cpu_percent()

    def read(self) -> Reading:
        """The machine now, in about a millisecond where no GPU is asked."""
        self._count += 1
        if self._count % SLOW_EVERY == 0:
            self._slow = _read_slow()
        memory = psutil.virtual_memory()
        cpu_temperature, battery, on_battery = self._slow
        return Reading(
            time=self._clock(),
            cpu_percent=self._since_last(psutil.cpu_percent()),
            memory_used_bytes=memory.total - memory.available,
            memory_total_bytes=memory.total,
            own_memory_bytes=self._own.memory_info().rss,
            own_cpu_percent=self._since_last(self._own.cpu_percent()),
            cpu_temperature_c=cpu_temperature,
            cpu_power_w=self._power.read(),
            battery_percent=battery,
            on_battery=on_battery,
            gpus=self._nvidia.read(),
            gpu_reason=self._nvidia.reason,
        )

    def close(self) -> None:
        self._nvidia.close()

    def _since_last(self, percent: float) -> Measured:
        return Measured(percent) if self._count > 1 else Measured(reason=FIRST)


def read() -> Reading:
    """One reading by itself: loads have no value, because they need two."""
    with closing(Sensors()) as sensors:
        return sensors.read()


def _read_slow() -> tuple[Measured, Measured, bool]:
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if battery is None:
        percent = Measured(reason="This machine has no battery, or does not report it.")
    else:
        percent = Measured(float(battery.percent))
    on_battery = battery is not None and battery.power_plugged is False
    return temperature(), percent, on_battery
