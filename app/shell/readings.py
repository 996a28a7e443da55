"""Sensor readings as the words and shares that strip and popover show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.amounts import size_text

if TYPE_CHECKING:
    from models.hardware.reading import Measured, Reading


@dataclass(frozen=True)
class Meter:
    """One sensor: its short name, the value in words, its share of the whole where it has one,
    or the reason why it cannot be read."""

    id: str
    name: str
    words: str = ""
    share: float | None = None
    amount: float | None = None  # what has no whole, such as watts
    reason: str = ""

    @property
    def is_readable(self) -> bool:
        return not self.reason


def meters_of(reading: Reading) -> tuple[Meter, ...]:
    """Processor, memory, then graphics and power, in the order of the strip."""
    return (
        _percent("cpu", "CPU", reading.cpu_percent),
        _amount("memory", "Memory", reading.memory_used_bytes, reading.memory_total_bytes),
        *_graphics(reading),
        _power(reading),
    )


def own_meters_of(reading: Reading) -> tuple[Meter, ...]:
    """What the popover shows beside those of the strip."""
    return (
        _own_memory(reading.own_memory_bytes),
        _plain("cpu-temperature", "Processor temperature", reading.cpu_temperature_c, "°C"),
        _plain("battery", "Battery", reading.battery_percent, "%"),
    )


def _graphics(reading: Reading) -> tuple[Meter, ...]:
    if not reading.gpus:
        reason = reading.gpu_reason or "No graphics card was found."
        return (Meter("gpu", "Graphics card", reason=reason),)
    gpu = reading.gpus[0]
    load = _percent("gpu", "GPU", gpu.load_percent)
    if not gpu.has_own_memory:
        return (load,)
    return (load, _amount("vram", "GPU memory", gpu.memory_used_bytes, gpu.memory_total_bytes))


def _power(reading: Reading) -> Meter:
    if reading.gpus and reading.gpus[0].power_w.value is not None:
        return _plain("power", "GPU power", reading.gpus[0].power_w, "W")
    return _plain("power", "Power", reading.cpu_power_w, "W")


def _percent(meter_id: str, name: str, measured: Measured) -> Meter:
    if measured.value is None:
        return Meter(meter_id, name, reason=measured.reason)
    return Meter(meter_id, name, f"{measured.value:.0f} %", measured.value / 100)


def _amount(meter_id: str, name: str, used: Measured, total: Measured) -> Meter:
    if used.value is None or total.value is None:
        return Meter(meter_id, name, reason=used.reason or total.reason)
    words = f"{used.value / 10**9:.1f} of {size_text(round(total.value))}"
    return Meter(meter_id, name, words, used.value / total.value if total.value else None)


def _own_memory(measured: Measured) -> Meter:
    if measured.value is None:
        return Meter("own-memory", "This window", reason=measured.reason)
    return Meter("own-memory", "This window", size_text(round(measured.value)))


def _plain(meter_id: str, name: str, measured: Measured, unit: str) -> Meter:
    if measured.value is None:
        return Meter(meter_id, name, reason=measured.reason)
    return Meter(meter_id, name, f"{measured.value:.0f} {unit}", amount=measured.value)
