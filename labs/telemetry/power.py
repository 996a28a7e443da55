"""What each part of the machine took, from readings: by its energy counter, or by its power."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.hardware.reading import Measured, Reading

Method = Literal["counter", "power"]
NOTHING = "No sensor of this machine tells power or energy."


@dataclass(frozen=True)
class Sample:
    """At `time_s` (seconds since the epoch): joules of a counter, or watts. Counters compare only
    where `since_s` is the same."""

    time_s: float
    value: float
    since_s: float = 0.0


@dataclass(frozen=True)
class Domain:
    """One part of the machine over a stretch of readings. `samples` are joules where `method` is
    "counter", else watts; `watts` are the power in any case. `reason` says why there are none."""

    key: str
    name: str
    method: Method
    samples: tuple[Sample, ...]
    watts: tuple[Sample, ...]
    resolution_j: float = 0.0
    reason: str = ""


def domains_of(readings: Sequence[Reading]) -> tuple[Domain, ...]:
    """Every part that has a sensor, in the order of the readings: one that says nothing all the
    time is there with its reason."""
    keys = dict.fromkeys(key for reading in readings for key in reading.energy)
    found = [_domain(key, readings) for key in keys]
    return tuple(found) or (Domain("", "Power", "power", (), (), reason=NOTHING),)


def _domain(key: str, readings: Sequence[Reading]) -> Domain:
    told = [(reading, reading.energy[key]) for reading in readings if key in reading.energy]
    name, resolution_j = told[-1][1].name, told[-1][1].resolution_j
    counted = tuple(
        Sample(reading.time, energy.joules.value, energy.since_s)
        for reading, energy in told if energy.joules.value is not None
    )  # fmt: skip
    powers = [(reading.time, _power_of(key, reading)) for reading, _ in told]
    watts = tuple(Sample(at, power.value) for at, power in powers if power.value is not None)
    if len(counted) > 1:
        return Domain(key, name, "counter", counted, watts, resolution_j)
    reason = "" if watts else told[-1][1].joules.reason or powers[-1][1].reason
    return Domain(key, name, "power", watts, watts, reason=reason)


def _power_of(key: str, reading: Reading) -> Measured:
    """As the counter tells, else as the graphics processor does: its average over the last second
    misses no peak between two readings."""
    energy = reading.energy[key]
    if energy.power_w.value is not None:
        return energy.power_w
    for gpu in reading.gpus:
        if gpu.energy_domain == key:
            return gpu.power_average_w if gpu.power_average_w.value is not None else gpu.power_w
    return energy.power_w
