"""What the sensors of a machine said at one moment; what cannot be read says why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """A number in the unit of the field's name, or the reason why there is none."""

    value: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class GpuReading:
    """One graphics processor."""

    name: str
    load_percent: Measured
    memory_used_bytes: Measured
    memory_total_bytes: Measured
    power_w: Measured
    temperature_c: Measured


@dataclass(frozen=True)
class Reading:
    """The whole machine: 100 % of `cpu_percent` is every core busy, 100 % of
    `own_cpu_percent` one core. Without a readable GPU `gpus` is empty and `gpu_reason` says why.
    """

    time: float  # seconds since the epoch
    cpu_percent: Measured
    memory_used_bytes: int
    memory_total_bytes: int
    own_memory_bytes: int  # resident, shared pages included
    own_cpu_percent: Measured
    cpu_temperature_c: Measured
    cpu_power_w: Measured
    battery_percent: Measured
    on_battery: bool = False
    gpus: tuple[GpuReading, ...] = ()
    gpu_reason: str = ""
