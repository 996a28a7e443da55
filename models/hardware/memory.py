"""How much memory is free now, in the machine and on its devices."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from models.hardware.nvidia import Nvidia

CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class DeviceMemory:
    """Memory of one graphics processor."""

    name: str
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class MemoryFree:
    """`free_bytes` is what programs may still take without swapping, within a container's
    limit; `devices` are graphics processors with memory of their own."""

    free_bytes: int
    total_bytes: int
    devices: tuple[DeviceMemory, ...] = ()


def free_bytes() -> MemoryFree:
    """Memory free now; asks the NVIDIA driver where there is one."""
    memory = psutil.virtual_memory()
    free, total = memory.available, memory.total
    limit = container_limit(CGROUP)
    if limit is not None:
        total = min(total, limit[1])
        free = min(free, limit[0])
    return MemoryFree(free, total, _devices())


def container_limit(folder: Path) -> tuple[int, int] | None:
    """Free and total bytes under a control group's limit (version 2, or None without one).

    File cache can be given back, so it counts as free.
    https://docs.kernel.org/admin-guide/cgroup-v2.html#memory
    """
    try:
        total = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):  # no such file, or "max" for no limit
        return None
    return max(0, total - used + int(stat.get("inactive_file", 0))), total


def _devices() -> tuple[DeviceMemory, ...]:
    """One that shares the machine's memory is no device of its own, and one that sleeps says
    nothing."""
    with closing(Nvidia()) as nvidia:
        readings = nvidia.read()
    return tuple(
        DeviceMemory(gpu.name, int(total - used), int(total))
        for gpu in readings
        if gpu.has_own_memory
        and (total := gpu.memory_total_bytes.value)
        and (used := gpu.memory_used_bytes.value) is not None
    )
