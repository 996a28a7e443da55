"""Readings as files: columns, units, and the reasons of what is not there."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from models.hardware.catalog import entries
from models.hardware.export import as_csv, as_json, history_as_json
from models.hardware.reading import Energy, GpuReading, Measured, Reading

SILENT = Measured(reason="Not told.")
GPU = GpuReading("Card", *[Measured(50.0)] * 5, throttle_reasons=("heat",), energy_domain="gpu 0")
READING = Reading(
    1000.5, *[Measured(value) for value in (12.5, 4e9, 16e9, 1e8, 1.0)], *[SILENT] * 3,
    cores_percent=(20.0, 5.0), gpus=(GPU,),
    energy={"gpu 0": Energy("Card", Measured(7.25), SILENT, 0.001, 900.0)},
)  # fmt: skip


def test_every_number_has_a_key_of_its_own() -> None:
    keys = [entry.key for entry in entries(READING)]
    assert len(keys) == len(set(keys)) and {"core 1", "gpu 0 power_w", "energy gpu 0"} <= set(keys)


def test_a_reading_as_json_keeps_reasons_and_what_holds_the_clocks_down() -> None:
    told = json.loads(json.dumps(as_json(READING), allow_nan=False))
    assert told["sensors"]["cpu_temperature_c"]["reason"] == "Not told."
    assert told["throttled"] == {"Card": ["heat"]}
    assert told["energy_counters"]["gpu 0"] == {"resolution_j": 0.001, "since": 900.0}


@pytest.mark.parametrize("gone", [False, True], ids=["steady", "a card goes"])
def test_a_history_has_a_column_a_sensor_with_holes(gone: bool) -> None:
    later = replace(READING, time=1001.0, gpus=() if gone else (GPU,), gpu_reason="Lost." * gone)
    history = history_as_json([READING, later])
    assert history["times"] == [1000.5, 1001.0]
    assert history["values"]["gpu 0 power_w"] == [50.0, None if gone else 50.0]
    assert all(len(column) == 2 for column in history["values"].values())


def test_a_table_names_units_and_leaves_holes_empty() -> None:
    [head, row] = list(csv.reader(io.StringIO(as_csv([READING]))))
    told = dict(zip(head, row, strict=True))
    assert told["cpu_percent [%]"] == "12.5" and told["energy gpu 0 [J]"] == "7.25"
    assert told["memory_used_bytes [B]"] == "4000000000" and told["battery_percent [%]"] == ""


def test_shared_memory_is_named_so() -> None:
    shared = replace(READING, gpus=(replace(GPU, has_own_memory=False),))
    names = [e.name for e in entries(shared) if e.key.startswith("gpu 0 memory")]
    assert names[0] == "Card: memory in use (the machine's)" and names[2] == "Card: memory clock"
