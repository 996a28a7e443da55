"""The library of NVIDIA's driver as Assay meets it: numbers that a test sets, and refusals."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class FakeNvml:
    """Each number in `says` is an answer, or an exception that is raised; what is not there is
    refused as "Not Supported"."""

    NVML_SUCCESS = 0
    NVML_TEMPERATURE_GPU = 0
    NVML_CLOCK_GRAPHICS, NVML_CLOCK_MEM = 0, 2
    NVML_FI_DEV_POWER_AVERAGE, NVML_FI_DEV_POWER_INSTANT = 185, 186
    NVML_POWER_SCOPE_GPU, NVML_POWER_SCOPE_MODULE = 0, 1

    class NVMLError(Exception):
        pass

    class NVMLError_LibraryNotFound(NVMLError):  # noqa: N801, N818 - the library's own name
        pass

    class NVMLError_DriverNotLoaded(NVMLError):  # noqa: N801, N818
        pass

    class NVMLError_NotSupported(NVMLError):  # noqa: N801, N818
        pass

    def __init__(self, init_error: type[Exception] | None = None, devices: int = 1) -> None:
        self.init_error, self.devices, self.open_count, self.is_open = init_error, devices, 0, False
        self.says: dict[str, Any] = {
            "name": b"Test card",
            "load": 40,
            "memory": (3 * 2**30, 8 * 2**30),
            "usage": 55_500,
        }

    def nvmlInit(self) -> None:
        if self.init_error:
            raise self.init_error("no")
        self.is_open, self.open_count = True, self.open_count + 1

    def nvmlShutdown(self) -> None:
        self.is_open = False

    def nvmlDeviceGetCount(self) -> int:
        return self.devices

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> Any:
        return self._answer("name")

    def nvmlDeviceGetPciInfo(self, handle: int) -> Any:
        return SimpleNamespace(domain=0, bus=1 + handle, device=0)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        return SimpleNamespace(gpu=self._answer("load"))

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        used, total = self._answer("memory")
        return SimpleNamespace(used=used, total=total)

    def nvmlDeviceGetPowerUsage(self, handle: int) -> Any:
        return self._answer("usage")

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: int) -> Any:
        return self._answer("limit")

    def nvmlDeviceGetTemperature(self, handle: int, kind: int) -> Any:
        return self._answer("temperature")

    def nvmlDeviceGetClockInfo(self, handle: int, kind: int) -> Any:
        return self._answer(f"clock {kind}")

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: int) -> Any:
        return self._answer("energy")

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle: int) -> Any:
        return self._answer("throttle")

    def nvmlDeviceGetFieldValues(self, handle: int, wanted: list[tuple[int, int]]) -> list[Any]:
        """As the real one: a field that is not known has its own return code."""
        return [self._field(f"field {field} of {scope}") for field, scope in wanted]

    def _field(self, key: str) -> Any:
        known = key in self.says
        value = SimpleNamespace(uiVal=self.says.get(key, 0))
        return SimpleNamespace(nvmlReturn=0 if known else 3, value=value)

    def _answer(self, key: str) -> Any:
        answer = self.says.get(key, self.NVMLError_NotSupported("Not Supported"))
        if isinstance(answer, Exception):
            raise answer
        return answer
