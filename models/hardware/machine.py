"""What machine this is, for the record of a reply and for the doctor."""

from __future__ import annotations

import os
import platform
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from models.amounts import size_text
from models.hardware.driver_files import DriverFiles
from models.hardware.nvidia import Nvidia

CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Machine:
    """`cores` are physical where the system tells, `threads` what it runs at once."""

    processor: str
    cores: int
    threads: int
    memory_bytes: int
    gpus: tuple[str, ...]
    system: str  # "Linux 6.1 x86_64", "macOS 15.1 arm64"
    python: str

    def __str__(self) -> str:
        gpus = ", ".join(self.gpus) or "no readable graphics processor"
        memory = f"{size_text(self.memory_bytes)} memory"
        return f"{self.processor}, {self.cores} cores, {memory}, {gpus}, {self.system}"


def describe() -> Machine:
    """This machine; takes some milliseconds, more where an NVIDIA driver has to wake."""
    threads = os.cpu_count() or 1
    return Machine(
        processor=processor_name(),
        cores=psutil.cpu_count(logical=False) or threads,
        threads=threads,
        memory_bytes=psutil.virtual_memory().total,
        gpus=_gpus(),
        system=_system(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
    )


def processor_name() -> str:
    """The name on the box, as the system tells it."""
    if platform.system() == "Linux":
        name = linux_processor(CPUINFO)
    elif platform.system() == "Darwin":
        name = _sysctl("machdep.cpu.brand_string")
    else:
        name = platform.processor()
    return name or platform.machine() or "unknown processor"


def linux_processor(cpuinfo: Path) -> str:
    """The first model name in /proc/cpuinfo; "" where there is none (most ARM machines)."""
    try:
        lines = cpuinfo.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    names = (value for key, _, value in (line.partition(":") for line in lines)
             if key.strip() in ("model name", "Model"))  # fmt: skip
    return " ".join(next(names, "").split())


def _sysctl(key: str) -> str:
    try:
        done = subprocess.run(
            ["/usr/sbin/sysctl", "-n", key], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _gpus() -> tuple[str, ...]:
    with closing(Nvidia()) as nvidia:
        readings = (*nvidia.read(), *DriverFiles().read())
    return tuple(gpu.name for gpu in readings)


def _system() -> str:
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]} {platform.machine()}"
    return f"{platform.system()} {platform.release()} {platform.machine()}"
