"""Energy counters: what they add up to, and what is said where they cannot be believed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models.hardware.apple import MISSING, AppleEnergy
from models.hardware.asking import BROKEN
from models.hardware.energy import EnergyCounter
from models.hardware.rapl import LOCKED, NONE, NOT_LINUX, Rapl
from models.hardware.sensors import Sensors


class Clock:
    """A clock that a test sets."""

    now = 1.0

    def __call__(self) -> float:
        return self.now


def counted(*told: tuple[float, float | Exception], wrap_j: float | None = None) -> list[Any]:
    """What a counter says of pairs of second and raw joules."""
    clock = Clock()
    counter = EnergyCounter("Part", 0.001, wrap_j, clock, clock)
    energies = []
    for clock.now, raw in told:
        energies.append(counter.read(lambda raw=raw: _raised(raw)))
    return energies


def _raised(raw: float | Exception) -> float:
    if isinstance(raw, Exception):
        raise raw
    return raw


def test_energy_counts_from_the_first_reading_and_power_is_energy_over_time() -> None:
    first, second = counted((10, 1000.0), (12, 1030.0))
    assert (first.joules.value, first.power_w.value) == (0.0, None)
    assert (second.joules.value, second.power_w.value) == (30.0, 15.0)


def test_a_counter_that_wraps_goes_on() -> None:
    *_, last = counted((10, 250.0), (11, 255.0), (12, 4.0), wrap_j=262.0)
    assert (last.joules.value, last.power_w.value) == (16.0, 11.0)


@pytest.mark.parametrize("lie", [3.0, 1e12], ids=["backwards", "leaps ahead"])
def test_a_counter_that_cannot_be_believed_begins_anew(lie: float) -> None:
    first, lied, after = counted((10, 1000.0), (11, lie), (12, lie + 5))
    assert lied.joules.reason == BROKEN and lied.power_w.value is None
    assert after.joules.value == 5.0 and after.since_s == lied.since_s > first.since_s


@pytest.mark.parametrize("lie", [float("nan"), -5.0, OSError("gone")])
def test_energy_survives_a_reading_that_failed(lie: float | Exception) -> None:
    first, failed, after = counted((10, 1000.0), (11, lie), (14, 1040.0))
    assert failed.joules.value is None and failed.joules.reason
    assert (after.joules.value, after.power_w.value) == (40.0, 10.0)
    assert after.since_s == first.since_s


def zone(folder: Path, name: str, energy_uj: int, wrap_uj: int = 10**9) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "name").write_text(f"{name}\n")
    (folder / "energy_uj").write_text(f"{energy_uj}\n")
    (folder / "max_energy_range_uj").write_text(f"{wrap_uj}\n")


def test_packages_are_added_up_and_their_cores_not_counted_twice(tmp_path: Path) -> None:
    def all_zones(package: int, memory: int) -> None:
        for index in (0, 1):
            zone(tmp_path / f"intel-rapl:{index}", f"package-{index}", package)
            zone(tmp_path / f"intel-rapl:{index}:0", "core", package // 2)
            zone(tmp_path / f"intel-rapl:{index}:1", "dram", memory)

    all_zones(1_000_000, 500_000)
    rapl = Rapl(tmp_path, "linux")
    rapl.read()
    all_zones(3_000_000, 1_500_000)
    energy = rapl.read()
    assert {domain: e.joules.value for domain, e in energy.items()} == {"cpu": 4.0, "dram": 2.0}


def test_a_package_that_wrapped_is_added_with_its_range(tmp_path: Path) -> None:
    zone(tmp_path / "intel-rapl:0", "package-0", 900_000_000)
    rapl = Rapl(tmp_path, "linux")
    rapl.read()
    zone(tmp_path / "intel-rapl:0", "package-0", 50_000_000)
    assert rapl.read()["cpu"].joules.value == pytest.approx(150.0)


def test_a_counter_for_administrators_says_so(tmp_path: Path) -> None:
    zone(tmp_path / "intel-rapl:0", "package-0", 1)
    rapl = Rapl(tmp_path, "linux", read=_locked)
    assert rapl.read()["cpu"].joules.reason == LOCKED


def _locked(file: Path) -> str:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(("platform", "reason"), [("linux", NONE), ("win32", NOT_LINUX)])
def test_where_there_is_no_counter_nothing_is_estimated(
    tmp_path: Path, platform: str, reason: str
) -> None:
    energy = Rapl(tmp_path, platform).read()["cpu"]
    assert energy.joules.reason == energy.power_w.reason == reason


class FakeMonitor:
    """zeus_apple_silicon.AppleEnergyMonitor: cumulative millijoules, None for what is not there."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.cpu_mj = 1_000

    def AppleEnergyMonitor(self) -> FakeMonitor:
        return self

    def get_cumulative_energy(self) -> object:
        if self.error:
            raise self.error
        return SimpleNamespace(
            cpu_total_mj=self.cpu_mj, gpu_mj=2 * self.cpu_mj, dram_mj=0, ane_mj=None
        )


def test_a_mac_counts_in_millijoules_by_part() -> None:
    monitor = FakeMonitor()
    apple = AppleEnergy(lambda: monitor)
    apple.read()
    monitor.cpu_mj = 4_000
    energy = apple.read()
    assert (energy["cpu"].joules.value, energy["gpu 0"].joules.value) == (3.0, 6.0)
    assert energy["ane"].joules.value is None and energy["ane"].joules.reason


def test_a_mac_whose_counters_fail_says_so_and_goes_on() -> None:
    monitor = FakeMonitor()
    apple = AppleEnergy(lambda: monitor)
    apple.read()
    monitor.error = RuntimeError("no channel")
    assert "no channel" in apple.read()["gpu 0"].joules.reason
    monitor.error, monitor.cpu_mj = None, 2_000
    assert apple.read()["cpu"].joules.value == 1.0


def test_a_mac_without_the_package_names_it() -> None:
    def load() -> object:
        raise ImportError

    assert AppleEnergy(load).read()["cpu"].joules.reason == MISSING


def test_the_graphics_of_a_mac_share_its_memory_and_tell_their_power() -> None:
    monitor = FakeMonitor()
    sensors = Sensors(meter=AppleEnergy(lambda: monitor))
    sensors.read()
    monitor.cpu_mj = 1_010
    (gpu,) = sensors.read().gpus
    sensors.close()
    assert not gpu.has_own_memory and (gpu.power_w.value or 0) > 0
    assert gpu.load_percent.reason and gpu.energy_domain == "gpu 0"
