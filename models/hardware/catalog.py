"""Every sensor of a reading by its name for people and its unit, in the order to show them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.hardware.reading import GpuReading, Measured, Reading


@dataclass(frozen=True)
class Sensor:
    """`field` is that of `Reading` or `GpuReading`; `unit` "B" is bytes."""

    field: str
    name: str
    unit: str


MACHINE = (
    Sensor("cpu_percent", "Processor", "%"),
    Sensor("load_average", "Programs that want to run", ""),
    Sensor("cpu_clock_mhz", "Processor clock", "MHz"),
    Sensor("cpu_temperature_c", "Processor temperature", "°C"),
    Sensor("cpu_power_w", "Processor power", "W"),
    Sensor("cpu_throttle_events", "Processor slowed by heat", "times"),
    Sensor("memory_used_bytes", "Memory in use", "B"),
    Sensor("memory_available_bytes", "Memory available", "B"),
    Sensor("memory_total_bytes", "Memory", "B"),
    Sensor("memory_pressure_percent", "Waiting for memory", "%"),
    Sensor("swap_used_bytes", "Swap in use", "B"),
    Sensor("swap_total_bytes", "Swap", "B"),
    Sensor("swap_in_bytes_s", "Swapped in", "B/s"),
    Sensor("swap_out_bytes_s", "Swapped out", "B/s"),
    Sensor("disk_free_bytes", "Disk free", "B"),
    Sensor("disk_total_bytes", "Disk", "B"),
    Sensor("disk_read_bytes_s", "Disk reading", "B/s"),
    Sensor("disk_write_bytes_s", "Disk writing", "B/s"),
    Sensor("own_cpu_percent", "This program's processor", "% of a core"),
    Sensor("own_memory_bytes", "This program's memory", "B"),
    Sensor("battery_percent", "Battery", "%"),
)
GRAPHICS = (
    Sensor("load_percent", "load", "%"),
    Sensor("power_w", "power", "W"),
    Sensor("power_average_w", "power, mean of a second", "W"),
    Sensor("power_limit_w", "power limit", "W"),
    Sensor("memory_used_bytes", "memory in use", "B"),
    Sensor("memory_total_bytes", "memory", "B"),
    Sensor("temperature_c", "temperature", "°C"),
    Sensor("graphics_clock_mhz", "graphics clock", "MHz"),
    Sensor("memory_clock_mhz", "memory clock", "MHz"),
)


@dataclass(frozen=True)
class Entry:
    """One number of one reading. `key` is unique in it: "cpu_percent", "gpu 0 load_percent",
    "energy cpu"."""

    key: str
    name: str
    unit: str
    measured: Measured


def entries(reading: Reading) -> Iterator[Entry]:
    """Every number of a reading: the machine's, each core's, each graphics processor's, energy."""
    for sensor in MACHINE:
        yield Entry(sensor.field, sensor.name, sensor.unit, getattr(reading, sensor.field))
    for core, percent in enumerate(reading.cores_percent):
        yield Entry(f"core {core}", f"Core {core}", "%", Measured(percent))
    if not reading.gpus:
        yield Entry("gpu", "Graphics processor", "", Measured(reason=reading.gpu_reason))
    for place, gpu in enumerate(reading.gpus):
        yield from _of_gpu(place, gpu)
    for domain, energy in reading.energy.items():
        yield Entry(f"energy {domain}", f"{energy.name}, energy", "J", energy.joules)
        if domain != "cpu":  # it is `cpu_power_w`
            yield Entry(f"power {domain}", f"{energy.name}, power", "W", energy.power_w)


def _of_gpu(place: int, gpu: GpuReading) -> Iterator[Entry]:
    for sensor in GRAPHICS:
        shared = "" if gpu.has_own_memory or sensor.unit != "B" else " (the machine's)"
        name = f"{gpu.name}: {sensor.name}{shared}"
        yield Entry(f"gpu {place} {sensor.field}", name, sensor.unit, getattr(gpu, sensor.field))
