"""How hard memory is to come by: not how much is used, but what waits for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from models.hardware.asking import Unreadable, ask
from models.hardware.reading import Measured

PSI = Path("/proc/pressure/memory")  # https://docs.kernel.org/accounting/psi.html
LEVELS = {1: "normal", 2: "warning", 4: "critical"}
LEVEL_KEY = "kern.memorystatus_vm_pressure_level"
NO_PSI = "This kernel does not tell how long programs wait for memory."
NOT_TOLD = "This system does not report memory pressure."


def pressure_percent(file: Path = PSI, platform: str = sys.platform) -> Measured:
    """The share of the last ten seconds in which at least one program waited for memory."""
    if platform == "darwin":
        return Measured(reason="macOS tells memory pressure as a level, not as a share of time.")
    if not platform.startswith("linux"):
        return Measured(reason=NOT_TOLD)
    return ask(lambda: _some_avg10(file), 100)


def pressure_level(platform: str = sys.platform, sysctl: Callable[[str], int] | None = None) -> str:
    """On macOS "normal", "warning" or "critical"; "" elsewhere and where it is not told."""
    if platform != "darwin":
        return ""
    try:
        return LEVELS.get((sysctl or _sysctl)(LEVEL_KEY), "")
    except OSError:
        return ""


def _some_avg10(file: Path) -> float:
    try:
        first = file.read_text().splitlines()[0]
    except (OSError, IndexError):  # no such file, or the kernel was started with psi=0
        raise Unreadable(NO_PSI) from None
    fields = dict(part.split("=") for part in first.split()[1:])
    return float(fields["avg10"])


def _sysctl(key: str) -> int:
    """https://developer.apple.com/documentation/kernel/1387446-sysctlbyname"""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    value, size = ctypes.c_int(), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
    if libc.sysctlbyname(key.encode(), ctypes.byref(value), ctypes.byref(size), None, 0):
        raise OSError(ctypes.get_errno(), "sysctlbyname")
    return value.value
