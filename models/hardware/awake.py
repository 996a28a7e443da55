"""Keeping the machine awake while long work runs, by the system's own means."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

# https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate
ES_CONTINUOUS, ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001


@contextmanager
def awake(
    reason: str,
    *,
    platform: str = sys.platform,
    find: Callable[[str], str | None] = shutil.which,
) -> Iterator[str]:
    """Yield how the machine is kept awake, or "" where this system offers no way.

    The display may still go dark. Ends with the block, and with this process however it ends.
    """
    if platform == "win32":
        yield from _windows()
        return
    command = inhibitor(platform, reason, os.getpid(), find)
    if command is None:
        yield ""
        return
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as child:
        try:
            yield os.path.basename(command[0])
        finally:
            child.terminate()


def inhibitor(
    platform: str, reason: str, pid: int, find: Callable[[str], str | None] = shutil.which
) -> Sequence[str] | None:
    """The command that holds off sleep while process `pid` lives; None where there is none."""
    if platform == "darwin" and find("caffeinate"):
        return ("caffeinate", "-i", "-w", str(pid))
    if platform.startswith("linux") and find("systemd-inhibit") and find("tail"):
        held = ("tail", f"--pid={pid}", "-f", "/dev/null")
        return ("systemd-inhibit", "--what=idle:sleep", "--who=Assay", f"--why={reason}",
                "--mode=block", *held)  # fmt: skip
    return None


def _windows() -> Iterator[str]:
    import ctypes

    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
    kernel.SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED)
    try:
        yield "SetThreadExecutionState"
    finally:
        kernel.SetThreadExecutionState(ES_CONTINUOUS)
