"""NVIDIA graphics processors through the driver's own library, opened only when it is asked."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from models.hardware.nvidia_device import NvidiaDevice
from models.hardware.reading import Energy, GpuReading
from models.hardware.sleeping import PCI, asleep, may_sleep, nvidia_cards

NO_DRIVER = "No NVIDIA driver on this machine."
NOT_LOADED = "The NVIDIA driver is installed but not running; a restart of the machine may help."
NO_DEVICE = "The NVIDIA driver found no graphics processor."
APPLE = "Apple shows the load of its graphics processor to administrators only."
NO_PACKAGE = "The package nvidia-ml-py is not installed."
ASLEEP = "The graphics processor sleeps to save power, and is not woken to be read."
LEFT_ALONE = "Nobody uses the graphics processor, and it is left alone so that it can sleep."
OPEN_ANEW_AFTER = 40  # readings without a number
LET_GO_AFTER = 60  # readings of a card that nobody uses
UNUSED_BYTES = 300e6  # what a driver takes for itself, but no model


class Nvidia:
    """`reason` is empty when devices can be read. Close it on the thread that opened it.

    A card that sleeps is not asked, and the driver not opened while one does: that wakes them.
    Where nobody uses cards that could sleep, the driver is closed for a while, because questions
    alone would keep them awake. One that says nothing any more is opened anew.
    """

    def __init__(
        self,
        load: Callable[[], Any] = lambda: import_module("pynvml"),
        system: str = "",
        pci: Path = PCI,
    ) -> None:
        self.reason = ""
        self._load, self._pci = load, pci
        self._nvml: Any = None
        self._devices: list[NvidiaDevice] = []
        self._cards: tuple[Path, ...] = ()
        self._silent_readings = self._unused_readings = 0
        self._is_hopeless = (system or platform.system()) == "Darwin"
        if self._is_hopeless:
            self.reason = APPLE
        else:
            self._open()

    def read(self) -> tuple[GpuReading, ...]:
        """Every device, in the driver's order; a number it refuses carries the reason."""
        if self._silent_readings >= OPEN_ANEW_AFTER and not self._is_hopeless:
            self._shut()
            self._open()
        sleeping = asleep(self._cards)
        readings = tuple(
            device.silent(ASLEEP) if device.pci_address in sleeping else device.read()
            for device in self._devices
        )
        is_silent = not any(_says_something(reading) for reading in readings)
        self._silent_readings = self._silent_readings + 1 if is_silent else 0
        self._let_go_if_unused(readings)
        return readings

    def energy(self) -> Mapping[str, Energy]:
        """The energy counter of every device, as it was at the last `read`."""
        return {device.domain: device.energy for device in self._devices}

    def close(self) -> None:
        """Hand the driver back, for good."""
        self._shut()
        self._is_hopeless = True

    def _let_go_if_unused(self, readings: tuple[GpuReading, ...]) -> None:
        is_unused = bool(readings) and all(_is_unused(reading) for reading in readings)
        self._unused_readings = self._unused_readings + 1 if is_unused else 0
        if self._unused_readings >= LET_GO_AFTER and may_sleep(self._cards):
            self._shut()
            self.reason = LEFT_ALONE

    def _shut(self) -> None:
        if self._nvml is not None:
            with suppress(self._nvml.NVMLError):  # a driver that was unloaded meanwhile
                self._nvml.nvmlShutdown()
        self._nvml, self._devices = None, []

    def _open(self) -> None:
        self._silent_readings = self._unused_readings = 0
        self._cards = nvidia_cards(self._pci)
        if asleep(self._cards):
            self.reason = ASLEEP
            return
        try:
            pynvml = self._load()
        except ImportError:
            self.reason, self._is_hopeless = NO_PACKAGE, True
            return
        try:
            pynvml.nvmlInit()
            self._nvml = pynvml
            count = pynvml.nvmlDeviceGetCount()
            handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(count)]
        except pynvml.NVMLError as error:
            self.reason = _why(pynvml, error)
            return
        self._devices = [NvidiaDevice(pynvml, handle, i) for i, handle in enumerate(handles)]
        self.reason = "" if handles else NO_DEVICE


def _says_something(reading: GpuReading) -> bool:
    numbers = (reading.load_percent, reading.memory_used_bytes, reading.power_w)
    return any(number.value is not None for number in numbers)


def _is_unused(reading: GpuReading) -> bool:
    used = reading.memory_used_bytes.value
    return reading.load_percent.value == 0 and used is not None and used < UNUSED_BYTES


def _why(nvml: Any, error: Exception) -> str:
    if isinstance(error, nvml.NVMLError_LibraryNotFound):
        return NO_DRIVER
    if isinstance(error, nvml.NVMLError_DriverNotLoaded):
        return NOT_LOADED
    return f"The NVIDIA driver did not answer ({error})."
