"""One NVIDIA graphics processor, number by number.

https://docs.nvidia.com/deploy/nvml-api
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.hardware.asking import Unreadable, ask
from models.hardware.energy import MOST_W, EnergyCounter
from models.hardware.reading import GpuReading, Measured
from models.hardware.storage import memory_now

RESOLUTION_J = 1e-3
MOST_MHZ, MOST_BYTES = 20_000, 2.0**50
# nvmlClocksEventReasons: the bits that hold the clocks down, not those of rest.
THROTTLES = {
    0x004: "its power limit",
    0x008: "a hardware brake",
    0x020: "heat",
    0x040: "heat, by the hardware",
    0x080: "the power supply's brake",
}


class NvidiaDevice:
    """`energy` is what its counter said at the last `read`."""

    def __init__(self, nvml: Any, handle: Any, index: int) -> None:
        self._nvml, self._handle = nvml, handle
        self.domain = f"gpu {index}"
        self.name = self._name()
        self.pci_address = self._pci_address()
        self._counter = EnergyCounter(self.name, RESOLUTION_J)
        self.energy = self._counter.silent("Not read yet.")

    def read(self) -> GpuReading:
        nvml, handle = self._nvml, self._handle
        used, total, is_own = self._memory()
        limit = self._ask(lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000, MOST_W)
        self.energy = self._counter.read(
            self._told(lambda: nvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000)
        )
        return GpuReading(
            name=self.name,
            load_percent=self._ask(lambda: nvml.nvmlDeviceGetUtilizationRates(handle).gpu, 100),
            memory_used_bytes=used,
            memory_total_bytes=total,
            power_w=self._ask(lambda: self._power(nvml.NVML_FI_DEV_POWER_INSTANT), MOST_W),
            temperature_c=self._ask(
                lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU), 150, -50
            ),
            power_average_w=self._ask(lambda: self._power(nvml.NVML_FI_DEV_POWER_AVERAGE), MOST_W),
            power_limit_w=limit,
            graphics_clock_mhz=self._clock(nvml.NVML_CLOCK_GRAPHICS),
            memory_clock_mhz=self._clock(nvml.NVML_CLOCK_MEM),
            has_own_memory=is_own,
            throttle_reasons=self._throttles(),
            energy_domain=self.domain,
        )

    def silent(self, reason: str) -> GpuReading:
        """A reading without a number; the driver is not asked."""
        none = Measured(reason=reason)
        self.energy = self._counter.silent(reason)
        return GpuReading(
            self.name, none, none, none, none, none, none, none, none, none,
            energy_domain=self.domain,
        )  # fmt: skip

    def _memory(self) -> tuple[Measured, Measured, bool]:
        """Used and total bytes. A card that shares the machine's memory answers "not supported"."""
        nvml = self._nvml
        try:
            info = nvml.nvmlDeviceGetMemoryInfo(self._handle)
        except nvml.NVMLError_NotSupported:
            memory = memory_now()
            return memory["memory_used_bytes"], memory["memory_total_bytes"], False
        except nvml.NVMLError as error:
            silent = Measured(reason=_refused(error))
            return silent, silent, True
        total = ask(lambda: info.total, MOST_BYTES)
        return ask(lambda: info.used, total.value or MOST_BYTES), total, True

    def _power(self, field: int) -> float:
        """Watts of the processor, or of the whole module where only that is told (Grace); older
        drivers know neither and tell one number."""
        nvml = self._nvml
        for scope in (nvml.NVML_POWER_SCOPE_GPU, nvml.NVML_POWER_SCOPE_MODULE):
            try:
                (value,) = nvml.nvmlDeviceGetFieldValues(self._handle, [(field, scope)])
            except nvml.NVMLError:
                break
            if value.nvmlReturn == nvml.NVML_SUCCESS:
                return float(value.value.uiVal) / 1000
        return float(nvml.nvmlDeviceGetPowerUsage(self._handle)) / 1000

    def _clock(self, kind: int) -> Measured:
        return self._ask(lambda: self._nvml.nvmlDeviceGetClockInfo(self._handle, kind), MOST_MHZ)

    def _throttles(self) -> tuple[str, ...]:
        try:
            bits = self._nvml.nvmlDeviceGetCurrentClocksEventReasons(self._handle)
        except (self._nvml.NVMLError, AttributeError):  # older drivers and packages
            return ()
        return tuple(words for bit, words in THROTTLES.items() if bits & bit)

    def _name(self) -> str:
        try:
            name = self._nvml.nvmlDeviceGetName(self._handle)
        except self._nvml.NVMLError:
            return f"NVIDIA {self.domain}"
        return name.decode() if isinstance(name, bytes) else str(name)

    def _pci_address(self) -> str:
        """As the kernel writes it, with four digits of the domain where the driver has eight."""
        try:
            pci = self._nvml.nvmlDeviceGetPciInfo(self._handle)
        except self._nvml.NVMLError:
            return ""
        return f"{pci.domain:04x}:{pci.bus:02x}:{pci.device:02x}.0"

    def _ask(self, question: Callable[[], float], most: float, least: float = 0.0) -> Measured:
        return ask(self._told(question), most, least)

    def _told(self, question: Callable[[], float]) -> Callable[[], float]:
        """The same question, whose refusal by the driver is a sentence."""

        def asked() -> float:
            try:
                return question()
            except self._nvml.NVMLError as error:
                raise Unreadable(_refused(error)) from error

        return asked


def _refused(error: Exception) -> str:
    return f"The NVIDIA driver does not report it ({error})."
