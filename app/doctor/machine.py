"""Checks of the machine: what it is, and what is free."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from app.doctor.check import Check, State
from models.amounts import size_text
from models.hardware import machine
from models.hardware.memory import MemoryFree, free_bytes
from models.hardware.nvidia import APPLE, ASLEEP, Nvidia

GB = 10**9
LITTLE_MEMORY, ENOUGH_MEMORY = 0.5 * GB, 2 * GB
LITTLE_DISK, ENOUGH_DISK = 0.5 * GB, 5 * GB


def description() -> Check:
    found = machine.describe()
    facts: dict[str, str | int | float] = {
        "processor": found.processor,
        "cores": found.cores,
        "memory_bytes": found.memory_bytes,
        "system": found.system,
        "gpus": ", ".join(found.gpus),
    }
    return Check("Machine", "ok", f"{found}.", facts=facts)


def graphics() -> Check:
    """Not having a graphics card is fine: everything runs on the processor."""
    with closing(Nvidia()) as nvidia:
        names = [gpu.name for gpu in nvidia.read()]
    if names:
        return Check("Graphics", "ok", f"Readable: {', '.join(names)}.")
    if nvidia.reason in (ASLEEP, APPLE):
        return Check("Graphics", "ok", nvidia.reason)
    return Check("Graphics", "ok", f"{nvidia.reason} Models run on the processor.")


def memory(free: MemoryFree | None = None) -> Check:
    found = free or free_bytes()
    return Check(
        "Memory",
        _state(found.free_bytes, LITTLE_MEMORY, ENOUGH_MEMORY),
        f"{size_text(found.free_bytes)} of {size_text(found.total_bytes)} memory are free.",
        "" if found.free_bytes >= ENOUGH_MEMORY else "Close other programs before loading a model.",
        {"free_bytes": found.free_bytes, "total_bytes": found.total_bytes},
    )


def disk(folder: Path, free: int | None = None) -> Check:
    found = shutil.disk_usage(folder).free if free is None else free
    return Check(
        "Disk",
        _state(found, LITTLE_DISK, ENOUGH_DISK),
        f"{size_text(found)} are free where Assay keeps its files.",
        "" if found >= ENOUGH_DISK else "Free some space: models are several GB each.",
        {"free_bytes": found},
    )


def _state(found: float, little: float, enough: float) -> State:
    return "fail" if found < little else "warn" if found < enough else "ok"
