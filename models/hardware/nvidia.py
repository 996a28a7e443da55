"""NVIDIA graphics processors through the driver's own library, opened only when it is asked."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib import import_module
from typing import Any

from models.hardware.reading import GpuReading, Measured

NO_DRIVER = "No NVIDIA driver on this machine."
NOT_LOADED = "The NVIDIA driver is installed but not running; a restart of the machine may help."
NO_DEVICE = "The NVIDIA driver found no graphics processor."
APPLE = "Apple shows the load of its graphics processor to administrators only; not read yet."


class Nvidia:
    """`reason` is empty when devices can be read. Close it on the thread that opened it."""

    def __init__(
        self, load: Callable[[], Any] = lambda: import_module("pynvml"), system: str = ""
    ) -> None:
        self.reason = ""
        self._nvml: Any = None
        self._handles: list[Any] = []
        if (system or platform.system()) == "Darwin":
            self.reason = APPLE
        else:
            self._open(load)

    def _open(self, load: Callable[[], Any]) -> None:
        try:
            pynvml = load()
        except ImportError:
            self.reason = "The package nvidia-ml-py is not installed."
            return
        try:
            pynvml.nvmlInit()
            count = pynvml.nvmlDeviceGetCount()
            self._handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(count)]
        except pynvml.NVMLError as error:
            self.reason = _why(pynvml, error)
            return
        self._nvml = pynvml
        self.reason = "" if self._handles else NO_DEVICE

    def read(self) -> tuple[GpuReading, ...]:
        """Every device, in the driver's order; a number it refuses carries the reason."""
        return tuple(self._device(handle) for handle in self._handles)

    def close(self) -> None:
        if self._nvml is not None:
            self._nvml.nvmlShutdown()
        self._nvml, self._handles = None, []

    def _device(self, handle: Any) -> GpuReading:
        nvml = self._nvml
        name = nvml.nvmlDeviceGetName(handle)
        return GpuReading(
            name=name.decode() if isinstance(name, bytes) else name,
            load_percent=self._ask(lambda: nvml.nvmlDeviceGetUtilizationRates(handle).gpu),
            memory_used_bytes=self._ask(lambda: nvml.nvmlDeviceGetMemoryInfo(handle).used),
            memory_total_bytes=self._ask(lambda: nvml.nvmlDeviceGetMemoryInfo(handle).total),
            power_w=self._ask(lambda: nvml.nvmlDeviceGetPowerUsage(handle) / 1000),
            temperature_c=self._ask(
                lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)
            ),
        )

    def _ask(self, question: Callable[[], float]) -> Measured:
        try:
            return Measured(float(question()))
        except self._nvml.NVMLError as error:
            return Measured(reason=f"The NVIDIA driver does not report it ({error}).")


def _why(nvml: Any, error: Exception) -> str:
    if isinstance(error, nvml.NVMLError_LibraryNotFound):
        return NO_DRIVER
    if isinstance(error, nvml.NVMLError_DriverNotLoaded):
        return NOT_LOADED
    return f"The NVIDIA driver did not answer ({error})."
