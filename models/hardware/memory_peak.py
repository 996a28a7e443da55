"""The most memory this process has held."""

from __future__ import annotations

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_bytes(status: Path = STATUS) -> int:
    """Peak resident memory of this process in bytes."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "darwin":
        return peak
    # The kernel's ru_maxrss survives exec: it counts the window that started a worker, too.
    return _high_water_bytes(status) or peak * 1024


def _high_water_bytes(status: Path) -> int:
    """VmHWM of https://man7.org/linux/man-pages/man5/proc_pid_status.5.html; 0 where the system
    does not tell it."""
    try:
        lines = status.read_text(errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
    except (OSError, StopIteration, IndexError, ValueError):
        return 0
