"""Cards of AMD and Intel as their Linux drivers describe them, in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from labs.telemetry.power import domains_of
from models.hardware import driver_files
from models.hardware.driver_files import DriverFiles
from models.hardware.nvidia import Nvidia
from models.hardware.sensors import Sensors

RADEON = {
    "vendor": "0x1002", "class": "0x030000",
    "power/control": "on", "power/runtime_status": "active",
    "gpu_busy_percent": "37", "mem_info_vram_used": "8589934592",
    "mem_info_vram_total": "25753026560", "hwmon/hwmon4/power1_average": "212000000",
    "hwmon/hwmon4/power1_cap": "339000000", "hwmon/hwmon4/temp1_input": "61000",
    "hwmon/hwmon4/freq1_input": "2371000000", "hwmon/hwmon4/freq2_input": "1249000000",
}  # fmt: skip
ARC = {"vendor": "0x8086", "class": "0x030000", "hwmon/hwmon2/energy1_input": "5000000"}


def pci(folder: Path, **cards: dict[str, str]) -> Path:
    for address, files in cards.items():
        for name, text in files.items():
            file = folder / address / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{text}\n")
    return folder


def test_a_radeon_tells_everything_in_our_units(tmp_path: Path) -> None:
    (card,) = DriverFiles(pci(tmp_path, a=RADEON)).read()
    told = (card.load_percent, card.memory_used_bytes, card.memory_total_bytes, card.power_w,
            card.temperature_c, card.power_limit_w, card.graphics_clock_mhz,
            card.memory_clock_mhz)  # fmt: skip
    assert card.name == "AMD graphics"
    assert [each.value for each in told] == [
        37, 8589934592, 25753026560, 212, 61, 339, 2371, 1249
    ]  # fmt: skip


def test_newer_cards_tell_the_power_of_this_moment(tmp_path: Path) -> None:
    files = {k: v for k, v in RADEON.items() if "average" not in k and "temp" not in k}
    files["hwmon/hwmon4/power1_input"] = "98000000"
    (card,) = DriverFiles(pci(tmp_path, a=files)).read()
    assert card.power_w.value == 98 and card.temperature_c.reason == driver_files.NOT_TOLD


def test_what_a_card_says_and_cannot_be_is_left_out(tmp_path: Path) -> None:
    (card,) = DriverFiles(pci(tmp_path, a={**RADEON, "gpu_busy_percent": "65535"})).read()
    assert "cannot be" in card.load_percent.reason and card.power_w.value == 212


def test_a_sleeping_card_is_not_woken_and_one_at_rest_may_fall_asleep(tmp_path: Path) -> None:
    rests = {**RADEON, "gpu_busy_percent": "0", "power/control": "auto"}
    cards = DriverFiles(pci(tmp_path, a=rests))
    reasons = [cards.read()[0].load_percent.reason for _ in range(101)]
    assert reasons == [""] * 60 + [driver_files.LEFT_ALONE] * 40 + [""]
    (tmp_path / "a/power/runtime_status").write_text("suspended\n")
    assert cards.read()[0].load_percent.reason == driver_files.ASLEEP


def test_an_arc_counts_its_energy_and_tells_no_load(tmp_path: Path) -> None:
    cards = DriverFiles(pci(tmp_path, b=ARC))
    cards.read()
    (tmp_path / "b/hwmon/hwmon2/energy1_input").write_text("6500000\n")
    (card,) = cards.read()
    assert cards.energy()["gpu b"].joules.value == pytest.approx(1.5)
    assert card.load_percent.reason == driver_files.NOT_TOLD and card.power_w.value


def test_graphics_in_the_processor_say_why_they_say_nothing(tmp_path: Path) -> None:
    bare = {name: ARC[name] for name in ("vendor", "class")}
    sensors = Sensors(nvidia=Nvidia(pci=tmp_path), cards=DriverFiles(pci(tmp_path, b=bare)))
    assert sensors.read().gpu_reason.endswith(driver_files.INTEL_SILENT)
    sensors.close()


@pytest.mark.parametrize(
    ("platform", "reason"),
    [("linux", driver_files.NO_CARD), ("win32", driver_files.NOT_LINUX), ("darwin", "")],
)
def test_where_there_is_no_card_it_says_where_it_looked(
    tmp_path: Path, platform: str, reason: str
) -> None:
    assert DriverFiles(tmp_path / "none", platform).reason == reason


def test_the_power_of_a_card_without_a_counter_is_added_up(tmp_path: Path) -> None:
    sensors = Sensors(nvidia=Nvidia(pci=tmp_path), cards=DriverFiles(pci(tmp_path, a=RADEON)))
    readings = [sensors.read() for _ in range(3)]
    sensors.close()
    (card,) = (each for each in domains_of(readings) if each.key == "gpu a")
    assert card.method == "power" and [sample.value for sample in card.watts] == [212] * 3


def test_of_an_intel_card_its_sustained_limit_and_the_whole_card_are_read(tmp_path: Path) -> None:
    part = {"hwmon/hwmon1/name": "i915_gt0", "hwmon/hwmon1/energy1_input": "7"}
    files = {"hwmon/hwmon2/power1_max": "190000000", "hwmon/hwmon2/power1_cap": "320000000"}
    sensors = DriverFiles(pci(tmp_path, b={**ARC, **part, **files}))
    assert sensors.read()[0].power_limit_w.value == 190
    (tmp_path / "b/hwmon/hwmon2/energy1_input").write_text("6500000\n")
    sensors.read()
    assert sensors.energy()["gpu b"].joules.value == 1.5


def test_an_intel_card_may_count_its_package_only_and_have_no_limit(tmp_path: Path) -> None:
    files = {"vendor": "0x8086", "class": "0x030000", "hwmon/hwmon2/energy2_input": "5000000",
             "hwmon/hwmon2/power1_max": "0", "hwmon/hwmon2/temp2_input": "48000"}  # fmt: skip
    (card,) = DriverFiles(pci(tmp_path, b=files)).read()
    assert card.power_limit_w.reason == driver_files.NO_LIMIT
    assert card.temperature_c.value == 48
