"""Sensors on the real machine, and what unreadable ones say."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.hardware import machine, memory, nvidia, sensors
from models.hardware.processor import PowerMeter
from models.hardware.reading import Measured


def test_a_reading_says_how_much_memory_is_used() -> None:
    reading = sensors.read()
    assert 0 < reading.memory_used_bytes < reading.memory_total_bytes
    assert 0 < reading.own_memory_bytes < reading.memory_used_bytes


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
    assert all((m.value is None) == bool(m.reason) for m in measured)


class FakeNvml:
    """The driver's library, with one device that hides its temperature."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        pass

    class NVMLError_LibraryNotFound(NVMLError):  # noqa: N801, N818 - the library's own name
        pass

    class NVMLError_DriverNotLoaded(NVMLError):  # noqa: N801, N818
        pass

    def __init__(self, init_error: type[Exception] | None = None, devices: int = 1) -> None:
        self.init_error, self.devices, self.open = init_error, devices, False

    def nvmlInit(self) -> None:
        if self.init_error:
            raise self.init_error("no")
        self.open = True

    def nvmlShutdown(self) -> None:
        self.open = False

    def nvmlDeviceGetCount(self) -> int:
        return self.devices

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> bytes:
        return b"Test card"

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> object:
        return type("Rates", (), {"gpu": 40})

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> object:
        return type("Memory", (), {"used": 3 * 2**30, "total": 8 * 2**30})

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        return 55_500

    def nvmlDeviceGetTemperature(self, handle: int, kind: int) -> int:
        raise self.NVMLError("Not Supported")


def driver(fake: object) -> nvidia.Nvidia:
    def load() -> object:
        if fake is None:
            raise ImportError
        return fake

    return nvidia.Nvidia(load, system="Linux")


def test_a_card_is_read_and_a_number_it_hides_says_why() -> None:
    (gpu,) = driver(FakeNvml()).read()
    assert (gpu.name, gpu.load_percent.value, gpu.power_w.value) == ("Test card", 40.0, 55.5)
    assert gpu.temperature_c.value is None and "Not Supported" in gpu.temperature_c.reason


@pytest.mark.parametrize(
    ("fake", "reason"),
    [
        (FakeNvml(FakeNvml.NVMLError_LibraryNotFound), nvidia.NO_DRIVER),
        (FakeNvml(FakeNvml.NVMLError_DriverNotLoaded), nvidia.NOT_LOADED),
        (FakeNvml(FakeNvml.NVMLError), "The NVIDIA driver did not answer (no)."),
        (FakeNvml(devices=0), nvidia.NO_DEVICE),
        (None, "The package nvidia-ml-py is not installed."),
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
    assert not fake.open and found.read() == ()


def test_on_a_mac_the_reason_is_named() -> None:
    assert nvidia.Nvidia(system="Darwin").reason == nvidia.APPLE


def test_power_is_energy_over_time(tmp_path: Path) -> None:
    times = iter([10.0, 12.0])
    meter = PowerMeter(tmp_path, clock=lambda: next(times))
    (tmp_path / "energy_uj").write_text("1000000")
    assert meter.read().value is None
    (tmp_path / "energy_uj").write_text("31000000")
    assert meter.read() == Measured(15.0)


def test_a_power_counter_that_starts_again_gives_no_number(tmp_path: Path) -> None:
    times = iter([10.0, 12.0])
    meter = PowerMeter(tmp_path, clock=lambda: next(times))
    (tmp_path / "energy_uj").write_text("1000000")
    meter.read()
    (tmp_path / "energy_uj").write_text("7")
    assert meter.read().value is None


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
