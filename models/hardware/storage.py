"""Disk and swap: what is left, and what moves."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import psutil

from models.hardware.asking import Rate, Unreadable, ask
from models.hardware.reading import Measured

MOST_BYTES_S = 1e12  # beyond any disk
# As psutil has it: macOS puts pages of any file in, such as a model's, and Windows is always 0.
NO_TRAFFIC = {
    "darwin": "macOS counts pages of ordinary files together with those of swap.",
    "win32": "Windows does not count what moves to and from swap.",
}
NO_COUNTS = "This system does not count what its disks read and write."


class Disk:
    """Reading and writing of all disks together, and the room in the folder's file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = next(place for place in (folder, *folder.parents) if place.exists())
        self._read, self._write = Rate(), Rate()

    def read(self) -> dict[str, Measured]:
        counts = _Once(psutil.disk_io_counters, NO_COUNTS)
        usage = _Once(lambda: shutil.disk_usage(self._folder))
        return {
            "disk_read_bytes_s": ask(lambda: self._read.of(counts().read_bytes), MOST_BYTES_S),
            "disk_write_bytes_s": ask(lambda: self._write.of(counts().write_bytes), MOST_BYTES_S),
            "disk_free_bytes": ask(lambda: usage().free),
            "disk_total_bytes": ask(lambda: usage().total),
        }


class Swap:
    """Memory that was moved to disk, and how fast it moves."""

    def __init__(self, platform: str = sys.platform) -> None:
        self._in, self._out = Rate(), Rate()
        self._untold = NO_TRAFFIC.get(platform, "")

    def read(self) -> dict[str, Measured]:
        swap = _Once(psutil.swap_memory)
        if self._untold:
            silent = Measured(reason=self._untold)
            moved = {"swap_in_bytes_s": silent, "swap_out_bytes_s": silent}
        else:
            moved = {
                "swap_in_bytes_s": ask(lambda: self._in.of(swap().sin), MOST_BYTES_S),
                "swap_out_bytes_s": ask(lambda: self._out.of(swap().sout), MOST_BYTES_S),
            }
        return {
            "swap_used_bytes": ask(lambda: swap().used),
            "swap_total_bytes": ask(lambda: swap().total),
            **moved,
        }


def memory_now() -> dict[str, Measured]:
    """Used is what is not available: what programs could not have without swapping."""
    memory = _Once(psutil.virtual_memory)
    return {
        "memory_used_bytes": ask(lambda: memory().total - memory().available),
        "memory_available_bytes": ask(lambda: memory().available),
        "memory_total_bytes": ask(lambda: memory().total),
    }


class _Once:
    """Asks the system once for what several numbers are taken from; its failure fails each."""

    def __init__(self, question: Any, absent: str = "") -> None:
        self._question, self._absent = question, absent
        self._answer: Any = None

    def __call__(self) -> Any:
        if self._answer is None:
            self._answer = self._question()
        if self._answer is None:
            raise Unreadable(self._absent)
        return self._answer
