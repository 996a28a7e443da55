"""Pressure, throttling, rates and memory: what each sensor says, and when it says nothing."""

from __future__ import annotations

import math
from pathlib import Path

import psutil
import pytest

from models.hardware.asking import BROKEN, FIRST, Rate, Unreadable, ask
from models.hardware.pressure import LEVEL_KEY, NO_PSI, pressure_level, pressure_percent
from models.hardware.processor import NO_THROTTLES, Throttling
from models.hardware.reading import Measured
from models.hardware.sensors import Sensors
from models.hardware.storage import Disk, Swap

PSI = (
    "some avg10=12.50 avg60=3.00 avg300=0.10 total=123\nfull avg10=1.00 avg60=0 avg300=0 total=9\n"
)


@pytest.mark.parametrize("lie", [-1.0, math.nan, math.inf, 101.0])
def test_what_cannot_be_is_told_and_left_out(lie: float) -> None:
    told = ask(lambda: lie, most=100)
    assert told.value is None and "cannot be" in told.reason


def test_a_failure_names_itself_and_nothing_is_a_reason_too() -> None:
    def fail() -> float:
        raise OSError(5, "Input/output error")

    assert "Input/output error" in ask(fail).reason
    assert ask(lambda: None).reason


def test_rates_need_two_counts_and_a_counter_that_runs_backwards_is_told() -> None:
    rate = Rate(clock=iter([1.0, 3.0, 4.0, 5.0]).__next__)
    told = [ask(lambda count=count: rate.of(count)) for count in (10, 30, 5, 8)]
    assert told == [Measured(reason=FIRST), Measured(10.0), Measured(reason=BROKEN), Measured(3.0)]


def test_pressure_is_the_share_of_time_that_programs_waited(tmp_path: Path) -> None:
    (tmp_path / "memory").write_text(PSI)
    assert pressure_percent(tmp_path / "memory", "linux") == Measured(12.5)


@pytest.mark.parametrize("text", [None, ""], ids=["no such file", "told to say nothing"])
def test_a_kernel_without_pressure_says_so(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "memory").write_text(text)
    assert pressure_percent(tmp_path / "memory", "linux").reason == NO_PSI


def test_pressure_that_is_written_in_another_way_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "memory").write_text("some 12 %\n")
    assert pressure_percent(tmp_path / "memory", "linux").value is None


@pytest.mark.parametrize(
    ("platform", "told", "level"),
    [("darwin", 1, "normal"), ("darwin", 4, "critical"), ("darwin", 3, ""), ("linux", 1, "")],
)
def test_a_mac_tells_pressure_as_a_level(platform: str, told: int, level: str) -> None:
    asked: list[str] = []
    found = pressure_level(platform, lambda key: asked.append(key) or told)  # type: ignore[func-returns-value]
    assert found == level and asked == [LEVEL_KEY] * (platform == "darwin")
    assert (
        pressure_percent(platform="darwin").value,
        pressure_percent(platform="win32").value,
    ) == (
        None,
        None,
    )


def test_a_mac_that_refuses_says_nothing() -> None:
    def refuse(_key: str) -> int:
        raise OSError(1, "Operation not permitted")

    assert pressure_level("darwin", refuse) == ""


def test_heat_is_counted_between_two_looks(tmp_path: Path) -> None:
    file = tmp_path / "count"
    throttling = Throttling(file)
    assert throttling.read().reason == NO_THROTTLES
    told = []
    for count in (7, 7, 10):
        file.write_text(str(count))
        told.append(throttling.read().value)
    assert told == [None, 0.0, 3.0]


def test_room_is_told_of_a_folder_that_is_not_made_yet(tmp_path: Path) -> None:
    told = Disk(tmp_path / "not" / "made").read()
    assert (told["disk_free_bytes"].value or 0) > 0


@pytest.mark.parametrize(
    ("platform", "reason"), [("darwin", "ordinary files"), ("win32", "not count"), ("linux", "")]
)
def test_what_moves_to_swap_is_told_only_where_the_system_counts_it(
    platform: str, reason: str
) -> None:
    swap = Swap(platform)
    swap.read()
    told = swap.read()
    assert reason in told["swap_in_bytes_s"].reason and told["swap_used_bytes"].value is not None
    assert (told["swap_out_bytes_s"].value is None) is bool(reason)


@pytest.mark.parametrize(
    ("broken", "silent", "still"),
    [
        ("virtual_memory", "memory_used_bytes", "cpu_percent"),
        ("cpu_percent", "cpu_percent", "memory_used_bytes"),
        ("disk_io_counters", "disk_read_bytes_s", "disk_free_bytes"),
        ("swap_memory", "swap_used_bytes", "memory_used_bytes"),
    ],
)
def test_a_part_of_the_system_that_fails_silences_its_own_numbers_and_comes_back(
    monkeypatch: pytest.MonkeyPatch, broken: str, silent: str, still: str
) -> None:
    def fail(*_: object, **__: object) -> float:
        raise OSError(2, "No such file or directory")

    sensors = Sensors()
    sensors.read()
    with monkeypatch.context() as patched:
        patched.setattr(psutil, broken, fail)
        reading = sensors.read()
    after = sensors.read()
    sensors.close()
    assert "No such file" in getattr(reading, silent).reason
    assert getattr(reading, still).value is not None and getattr(after, silent).value is not None


def test_an_unreadable_sensor_is_told_in_its_own_words() -> None:
    def silent() -> float:
        raise Unreadable("Only on Sundays.")

    assert ask(silent) == Measured(reason="Only on Sundays.")
