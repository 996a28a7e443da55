"""Which process streams a reply, and whether it is still there."""

from __future__ import annotations

import psutil


def this_process() -> str:
    """A name that no other process ever has."""
    return _name(psutil.Process())


def is_running(name: str) -> bool:
    """Whether the process that `this_process` named is still there."""
    try:
        return _name(psutil.Process(int(name.partition(":")[0]))) == name
    except (psutil.Error, ValueError):
        return False


def _name(process: psutil.Process) -> str:
    """A process id alone is given again to others; with its start it is one process."""
    return f"{process.pid}:{process.create_time():.2f}"
