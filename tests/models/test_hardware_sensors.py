"""Sensors on the real machine, and what unreadable ones say."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.hardware import machine, memory, sensors
from models.hardware.reading import Measured


def test_a_reading_says_how_much_memory_is_used() -> None:
    reading = sensors.read()
    own, used = reading.own_memory_bytes.value, reading.memory_used_bytes.value
    assert 0 < (own or 0) < (used or 0) < (reading.memory_total_bytes.value or 0)


def test_loads_need_a_second_reading() -> None:
    source = sensors.Sensors()
    first, second = source.read(), source.read()
    source.close()
    assert first.cpu_percent.value is None and first.cpu_percent.reason
    assert second.cpu_percent.value is not None and second.own_cpu_percent.value is not None


def test_what_cannot_be_read_says_why() -> None:
    reading = sensors.read()
    assert bool(reading.gpus) != bool(reading.gpu_reason)
    measured = [value for value in vars(reading).values() if isinstance(value, Measured)]
    measured += [
        part for energy in reading.energy.values() for part in (energy.joules, energy.power_w)
    ]
    assert all((m.value is None) == bool(m.reason) for m in measured)


def test_the_second_reading_knows_every_core_and_what_the_disks_do() -> None:
    source = sensors.Sensors()
    first, second = source.read(), source.read()
    source.close()
    assert first.cores_percent == () and first.disk_read_bytes_s.value is None
    assert len(second.cores_percent) == machine.describe().threads
    assert second.disk_free_bytes.value and second.disk_read_bytes_s != first.disk_read_bytes_s


def test_a_container_limit_counts_file_cache_as_free(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 300\ninactive_file 250\n")
    assert memory.container_limit(tmp_path) == (550, 1000)


@pytest.mark.parametrize("limit", ["max\n", None], ids=["unlimited", "no such file"])
def test_without_a_limit_the_machine_counts(tmp_path: Path, limit: str | None) -> None:
    if limit:
        (tmp_path / "memory.max").write_text(limit)
    assert memory.container_limit(tmp_path) is None


def test_free_memory_is_part_of_the_whole() -> None:
    free = memory.free_bytes()
    assert 0 < free.free_bytes < free.total_bytes


def test_the_machine_is_named_for_the_record() -> None:
    described = machine.describe()
    assert described.processor and described.threads >= described.cores >= 1
    assert described.python.startswith("CPython 3.") and described.processor in str(described)


def test_a_processor_is_named_once_and_tidily(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nmodel name\t: Some   CPU @ 2 GHz\nmodel name\t: Other\n")
    assert machine.linux_processor(info) == "Some CPU @ 2 GHz"
    assert machine.linux_processor(tmp_path / "none") == ""
