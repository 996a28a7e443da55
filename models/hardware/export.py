"""Readings as JSON and CSV; what could not be read has its reason there."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.hardware.catalog import Entry, entries
from models.hardware.reading import Reading


def as_json(reading: Reading) -> dict[str, Any]:
    """One reading: every sensor with its value and unit, or the reason why it has none."""
    return {
        "time": reading.time,
        "on_battery": reading.on_battery,
        "memory_pressure_level": reading.memory_pressure_level,
        "sensors": {e.key: _told(e) | {"value": e.measured.value} for e in entries(reading)},
        "throttled": {gpu.name: list(gpu.throttle_reasons) for gpu in reading.gpus},
        "energy_counters": {
            domain: {"resolution_j": energy.resolution_j, "since": energy.since_s}
            for domain, energy in reading.energy.items()
        },
    }


def history_as_json(readings: Sequence[Reading]) -> dict[str, Any]:
    """Many readings by column: `values` has one list a sensor, as long as `times`; a reason is the
    last one that the sensor gave."""
    sensors: dict[str, dict[str, Any]] = {}
    values: dict[str, list[float | None]] = {}
    for place, reading in enumerate(readings):
        for entry in entries(reading):
            sensors.setdefault(entry.key, {}).update(_told(entry))
            values.setdefault(entry.key, [None] * len(readings))[place] = entry.measured.value
    return {"times": [reading.time for reading in readings], "sensors": sensors, "values": values}


def as_csv(readings: Sequence[Reading]) -> str:
    """A row a reading and a column a number in the unit of its head, empty where there is none."""
    rows = [{entry.key: entry for entry in entries(reading)} for reading in readings]
    heads = {key: _head(entry) for row in rows for key, entry in row.items()}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["time", "seconds since 1970", *heads.values()])
    for reading, row in zip(readings, rows, strict=True):
        at = datetime.fromtimestamp(reading.time).astimezone().isoformat(timespec="milliseconds")
        writer.writerow([at, f"{reading.time:.3f}", *(_cell(row.get(key)) for key in heads)])
    return out.getvalue()


def _told(entry: Entry) -> dict[str, Any]:
    told = {"name": entry.name, "unit": entry.unit}
    return told | ({"reason": entry.measured.reason} if entry.measured.reason else {})


def _head(entry: Entry) -> str:
    return f"{entry.key} [{entry.unit}]" if entry.unit else entry.key


def _cell(entry: Entry | None) -> str:
    value = entry.measured.value if entry else None
    return "" if value is None else f"{value:.10g}"
