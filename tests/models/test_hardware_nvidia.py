"""NVIDIA cards as the driver tells of them, behind a stand-in for its library."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.hardware import nvidia
from tests.models.fake_nvml import FakeNvml


def driver(fake: object, pci: Path = Path("/none")) -> nvidia.Nvidia:
    def load() -> object:
        if fake is None:
            raise ImportError
        return fake

    return nvidia.Nvidia(load, system="Linux", pci=pci)


def laptop(folder: Path, status: str) -> Path:
    """A PCI bus with one NVIDIA card, and one of another maker."""
    for address, vendor in (("0000:00:02.0", "0x8086"), ("0000:01:00.0", "0x10de")):
        (folder / address / "power").mkdir(parents=True, exist_ok=True)
        (folder / address / "vendor").write_text(f"{vendor}\n")
        (folder / address / "class").write_text("0x030000\n")
        (folder / address / "power" / "runtime_status").write_text(f"{status}\n")
    return folder


def test_a_card_is_read_and_a_number_it_hides_says_why() -> None:
    (gpu,) = driver(FakeNvml()).read()
    assert (gpu.name, gpu.load_percent.value, gpu.power_w.value) == ("Test card", 40.0, 55.5)
    assert gpu.temperature_c.value is None and "Not Supported" in gpu.temperature_c.reason
    assert gpu.has_own_memory and gpu.memory_used_bytes.value == 3 * 2**30


def test_power_is_that_of_the_processor_now_and_on_average() -> None:
    fake = FakeNvml()
    fake.says |= {"field 186 of 0": 61_000, "field 185 of 0": 58_000, "limit": 350_000}
    (gpu,) = driver(fake).read()
    told = (gpu.power_w.value, gpu.power_average_w.value, gpu.power_limit_w.value)
    assert told == (61.0, 58.0, 350.0)


def test_a_module_that_tells_only_its_whole_power_is_read_by_it() -> None:
    fake = FakeNvml()
    fake.says["field 186 of 1"] = 400_000
    assert driver(fake).read()[0].power_w.value == 400.0


def test_clocks_and_what_holds_them_down_are_told() -> None:
    fake = FakeNvml()
    fake.says |= {"clock 0": 1980, "clock 2": 2619, "throttle": 0x21}
    (gpu,) = driver(fake).read()
    assert (gpu.graphics_clock_mhz.value, gpu.memory_clock_mhz.value) == (1980.0, 2619.0)
    assert gpu.throttle_reasons == ("heat",)


def test_a_chip_that_shares_the_memory_of_the_machine_says_so() -> None:
    fake = FakeNvml()
    del fake.says["memory"]
    (gpu,) = driver(fake).read()
    assert not gpu.has_own_memory
    assert 0 < (gpu.memory_used_bytes.value or 0) < (gpu.memory_total_bytes.value or 0)


def test_every_device_has_an_energy_counter_of_its_own() -> None:
    fake = FakeNvml(devices=2)
    fake.says["energy"] = 5_000_000
    found = driver(fake)
    found.read()
    fake.says["energy"] = 5_004_000
    second = found.read()[1]
    assert set(found.energy()) == {"gpu 0", "gpu 1"}
    assert found.energy()[second.energy_domain].joules.value == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("key", "lie", "field"),
    [
        ("load", 250, "load_percent"),
        ("memory", (9 * 2**30, 8 * 2**30), "memory_used_bytes"),
        ("temperature", float("nan"), "temperature_c"),
        ("usage", -1, "power_w"),
        ("clock 0", 4_294_967_295, "graphics_clock_mhz"),
    ],
)
def test_a_number_that_cannot_be_is_left_out_and_comes_back(
    key: str, lie: object, field: str
) -> None:
    fake = FakeNvml()
    fake.says |= {"temperature": 50, "clock 0": 1500}
    found, truth = driver(fake), fake.says[key]
    fake.says[key] = lie
    lied = getattr(found.read()[0], field)
    fake.says[key] = truth
    assert lied.value is None and "cannot be" in lied.reason
    assert getattr(found.read()[0], field).value is not None


def test_a_card_that_vanishes_is_told_and_looked_for_again() -> None:
    fake = FakeNvml()
    found, answers = driver(fake), dict(fake.says)
    fake.says |= {key: fake.NVMLError("GPU is lost") for key in ("load", "memory", "usage")}
    lost = [found.read() for _ in range(nvidia.OPEN_ANEW_AFTER)]
    assert all("GPU is lost" in gpu.power_w.reason for (gpu,) in lost)
    fake.says |= answers
    assert found.read()[0].power_w.value == 55.5 and fake.open_count == 2


def test_a_driver_that_fails_in_its_own_way_silences_one_number_only() -> None:
    fake = FakeNvml()
    fake.says["load"] = RuntimeError("strange")
    (gpu,) = driver(fake).read()
    assert "strange" in gpu.load_percent.reason and gpu.power_w.value == 55.5


def test_a_sleeping_card_is_not_woken(tmp_path: Path) -> None:
    fake = FakeNvml()
    found = driver(fake, laptop(tmp_path, "suspended"))
    assert found.read() == () and found.reason == nvidia.ASLEEP and fake.open_count == 0
    laptop(tmp_path, "active")
    woken = [found.read() for _ in range(nvidia.OPEN_ANEW_AFTER)]
    assert woken[-1][0].load_percent.value == 40.0


def test_a_card_that_falls_asleep_is_not_asked(tmp_path: Path) -> None:
    fake = FakeNvml()
    found = driver(fake, laptop(tmp_path, "active"))
    laptop(tmp_path, "suspended")
    fake.says.clear()
    (gpu,) = found.read()
    assert gpu.load_percent.reason == gpu.power_w.reason == nvidia.ASLEEP


@pytest.mark.parametrize(
    ("control", "load", "used", "is_left_alone"),
    [
        ("auto", 0, 1e6, True),
        ("on", 0, 1e6, False),
        ("auto", 3, 1e6, False),
        ("auto", 0, 4e9, False),
    ],
    ids=["unused", "cannot sleep", "busy", "holds a model"],
)
def test_a_card_that_nobody_uses_is_left_alone_so_that_it_can_sleep(
    tmp_path: Path, control: str, load: int, used: float, is_left_alone: bool
) -> None:
    fake = FakeNvml()
    fake.says |= {"load": load, "memory": (used, 8e9)}
    found = driver(fake, laptop(tmp_path, "active"))
    (tmp_path / "0000:01:00.0" / "power" / "control").write_text(f"{control}\n")
    for _ in range(nvidia.LET_GO_AFTER):
        found.read()
    assert fake.is_open is not is_left_alone
    assert (found.reason == nvidia.LEFT_ALONE) is is_left_alone


def test_a_card_that_was_left_alone_is_read_again_if_it_stayed_awake(tmp_path: Path) -> None:
    fake = FakeNvml()
    fake.says |= {"load": 0, "memory": (1e6, 8e9)}
    found = driver(fake, laptop(tmp_path, "active"))
    (tmp_path / "0000:01:00.0" / "power" / "control").write_text("auto")
    for _ in range(nvidia.LET_GO_AFTER + nvidia.OPEN_ANEW_AFTER):
        found.read()
    assert found.read() and found.reason == ""


@pytest.mark.parametrize(
    ("fake", "reason"),
    [
        (FakeNvml(FakeNvml.NVMLError_LibraryNotFound), nvidia.NO_DRIVER),
        (FakeNvml(FakeNvml.NVMLError_DriverNotLoaded), nvidia.NOT_LOADED),
        (FakeNvml(FakeNvml.NVMLError), "The NVIDIA driver did not answer (no)."),
        (FakeNvml(devices=0), nvidia.NO_DEVICE),
        (None, nvidia.NO_PACKAGE),
    ],
    ids=["no driver", "not loaded", "other fault", "no card", "no package"],
)
def test_a_machine_without_a_readable_card_says_why(fake: object, reason: str) -> None:
    found = driver(fake)
    assert (found.reason, found.read()) == (reason, ())


def test_closing_hands_the_driver_back() -> None:
    fake = FakeNvml()
    found = driver(fake)
    found.close()
    assert not fake.is_open and found.read() == ()


def test_on_a_mac_the_reason_is_named() -> None:
    assert nvidia.Nvidia(system="Darwin").reason == nvidia.APPLE
