"""What the sensors of a machine said at one moment; what cannot be read says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Measured:
    """A number in the unit of the field's name, or the reason why there is none."""

    value: float | None = None
    reason: str = ""


UNREAD = Measured(reason="Not read.")


@dataclass(frozen=True, slots=True)
class Energy:
    """What one part of the machine has taken, by a counter of its own and never by an estimate.

    Only differences of `joules` mean something, and only between readings with the same
    `since_s`: a counter that ran backwards begins anew. `power_w` is the mean since the reading
    before; `resolution_j` the counter's smallest step.
    """

    name: str  # for people: "Processor package"
    joules: Measured
    power_w: Measured
    resolution_j: float
    since_s: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class GpuReading:
    """One graphics processor. Where it shares the machine's memory, `has_own_memory` is False and
    the memory fields are those of the machine."""

    name: str
    load_percent: Measured  # share of the time in which anything ran, not how hard it ran
    memory_used_bytes: Measured
    memory_total_bytes: Measured
    power_w: Measured
    temperature_c: Measured
    power_average_w: Measured = UNREAD  # over the last second
    power_limit_w: Measured = UNREAD
    graphics_clock_mhz: Measured = UNREAD
    memory_clock_mhz: Measured = UNREAD
    has_own_memory: bool = True
    throttle_reasons: tuple[str, ...] = ()  # why the clocks are held down now, in words
    energy_domain: str = ""  # its key in `Reading.energy`


@dataclass(frozen=True)
class Reading:
    """The whole machine: 100 % of `cpu_percent` is every core busy, 100 % of
    `own_cpu_percent` one core. Without a readable GPU `gpus` is empty and `gpu_reason` says why.

    `energy` has one entry a domain: "cpu" and "dram" (all packages together), "gpu 0", "gpu 1" …;
    on Apple silicon "cpu", "gpu 0", "ane" and "dram". A domain that cannot be read says why in its
    `joules`.
    """

    time: float  # seconds since the epoch
    cpu_percent: Measured
    memory_used_bytes: Measured
    memory_total_bytes: Measured
    own_memory_bytes: Measured  # resident, shared pages included
    own_cpu_percent: Measured
    cpu_temperature_c: Measured
    cpu_power_w: Measured
    battery_percent: Measured
    on_battery: bool = False
    gpus: tuple[GpuReading, ...] = ()
    gpu_reason: str = ""
    cores_percent: tuple[float, ...] = ()  # one a logical core; empty where `cpu_percent` has none
    load_average: Measured = UNREAD  # programs that ran or waited to run, over the last minute
    cpu_clock_mhz: Measured = UNREAD
    cpu_throttle_events: Measured = UNREAD  # times that heat held it back, in the last seconds
    memory_available_bytes: Measured = UNREAD
    memory_pressure_percent: Measured = UNREAD  # time in which a program waited for memory
    memory_pressure_level: str = ""  # macOS: "normal", "warning", "critical"
    swap_used_bytes: Measured = UNREAD
    swap_total_bytes: Measured = UNREAD
    swap_in_bytes_s: Measured = UNREAD
    swap_out_bytes_s: Measured = UNREAD
    disk_free_bytes: Measured = UNREAD
    disk_total_bytes: Measured = UNREAD
    disk_read_bytes_s: Measured = UNREAD
    disk_write_bytes_s: Measured = UNREAD
    energy: Mapping[str, Energy] = field(default_factory=dict)
