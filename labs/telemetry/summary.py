"""What the machine did over a stretch of time, summed up: kept with every run and comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Extent:
    """One sensor: mean, most and least of its `n` readings, or the `reason` why there are none.
    `unit` is "%", "bytes", "W", "°C" or "MHz"."""

    title: str
    unit: str
    n: int = 0
    mean: float | None = None
    most: float | None = None
    least: float | None = None
    reason: str = ""

    def plus(self, other: Extent) -> Extent:
        """Both together, each by its number of readings."""
        if not self.n or not other.n:
            return self if self.n else other
        n = self.n + other.n
        mean = ((self.mean or 0.0) * self.n + (other.mean or 0.0) * other.n) / n
        most = max(each.most or 0.0 for each in (self, other))
        least = min(each.least or 0.0 for each in (self, other))
        return Extent(self.title, self.unit, n, mean, most, least)


@dataclass(frozen=True)
class EnergyTotal:
    """What one part of the machine took by its counter while it was read, `counted_s` seconds."""

    title: str
    joules: float = 0.0
    counted_s: float = 0.0
    reason: str = ""

    def plus(self, other: EnergyTotal) -> EnergyTotal:
        if not self.counted_s or not other.counted_s:
            return self if self.counted_s else other
        return EnergyTotal(self.title, self.joules + other.joules, self.counted_s + other.counted_s)


@dataclass(frozen=True)
class Summary:
    """`took_s` is the time over which the sensors were watched, `n_readings` how often they were
    read meanwhile. Swapped bytes are those that moved between memory and disk."""

    took_s: float = 0.0
    n_readings: int = 0
    extents: Mapping[str, Extent] = field(default_factory=dict)
    energy: Mapping[str, EnergyTotal] = field(default_factory=dict)
    swapped_in_bytes: float = 0.0
    swapped_out_bytes: float = 0.0
    swap_reason: str = ""
    on_battery_s: float = 0.0
    throttled_s: float = 0.0
    throttle_causes: tuple[str, ...] = ()
    throttle_reason: str = ""  # why throttling cannot be seen, "" where it can

    def plus(self, other: Summary) -> Summary:
        """Two stretches of one run."""
        if not self.n_readings or not other.n_readings:
            return self if self.n_readings else other
        return Summary(
            self.took_s + other.took_s,
            self.n_readings + other.n_readings,
            _together(self.extents, other.extents),
            _together(self.energy, other.energy),
            self.swapped_in_bytes + other.swapped_in_bytes,
            self.swapped_out_bytes + other.swapped_out_bytes,
            self.swap_reason and other.swap_reason,
            self.on_battery_s + other.on_battery_s,
            self.throttled_s + other.throttled_s,
            tuple(dict.fromkeys((*self.throttle_causes, *other.throttle_causes))),
            self.throttle_reason and other.throttle_reason,
        )


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    keys = dict.fromkeys((*one, *other))
    return {
        key: one[key].plus(other[key]) if key in one and key in other else
        one.get(key) or other.get(key) for key in keys
    }  # fmt: skip


def as_data(summary: Summary) -> dict[str, Any]:
    """For JSON."""
    return {"schema_version": SCHEMA_VERSION, **asdict(summary)}


def summary_of(data: Mapping[str, Any] | None) -> Summary | None:
    """None for what is no summary, is damaged, or was written by a newer Assay: a run is worth
    reading without."""
    version = data.get("schema_version", 99) if isinstance(data, Mapping) else 99
    if not isinstance(data, Mapping) or not isinstance(version, int) or version > SCHEMA_VERSION:
        return None
    known = {name: data[name] for name in Summary.__dataclass_fields__ if name in data}
    try:
        known["extents"] = {k: Extent(**v) for k, v in known.get("extents", {}).items()}
        known["energy"] = {k: EnergyTotal(**v) for k, v in known.get("energy", {}).items()}
        known["throttle_causes"] = tuple(known.get("throttle_causes", ()))
        return Summary(**known)
    except (TypeError, ValueError, AttributeError):
        return None


def merged(stretches: Sequence[Summary]) -> Summary:
    found = Summary()
    for stretch in stretches:
        found = found.plus(stretch)
    return found
