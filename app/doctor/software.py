"""Checks of what is installed: versions, Qt, fonts and the door."""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

from app.display import can_open_windows
from app.doctor.check import Check
from assets import FONTS
from models.network import Refused

OLDEST_PYTHON = (3, 11)
PACKAGES = ("assay-desktop", "PySide6-Essentials", "llama-cpp-python", "numpy", "psutil", "jinja2")
BEYOND = ("192.0.2.1", 9)  # reserved for documentation (RFC 5737); a datagram socket sends nothing
QT_TIMEOUT_S = 30

# In a process of its own: a Qt that misses a system library ends the whole process.
QT_PROBE = """
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication
app = QApplication([])
size = app.primaryScreen().size()
print(qVersion(), app.platformName(), f"{size.width()} x {size.height()}", sep="|")
"""


def versions() -> Check:
    facts: dict[str, str | int | float] = {"python": platform.python_version()}
    facts |= {package: _version(package) for package in PACKAGES}
    if sys.version_info < OLDEST_PYTHON:
        return Check(
            "Versions", "fail", f"Python {platform.python_version()} is too old.",
            "Install Python 3.11 or newer and run python3 start.py again.", facts,
        )  # fmt: skip
    missing = [package for package in PACKAGES if not facts[package]]
    if missing:
        return Check(
            "Versions", "fail", f"Not installed: {', '.join(missing)}.",
            "Run python3 start.py; it installs what is missing.", facts,
        )  # fmt: skip
    sentence = f"Assay {facts['assay-desktop']} on Python {facts['python']}."
    return Check("Versions", "ok", sentence, facts=facts)


def qt() -> Check:
    """Whether a window could be opened here."""
    command = [sys.executable, "-P", "-c", QT_PROBE]
    if not can_open_windows():
        return Check(
            "Qt", "warn", "There is no display here, so no window can open.",
            "assay chat and assay demo work without one.",
        )  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=QT_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Check("Qt", "fail", "Qt did not start within half a minute.", "Restart the machine.")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Check(
            "Qt", "fail", f"No window can open: {last}",
            "Run python3 start.py; it names the system library that is missing.",
        )  # fmt: skip
    number, plugin, size = done.stdout.strip().splitlines()[-1].split("|")
    sentence = f"Qt {number} opens windows ({plugin}, screen {size})."
    return Check("Qt", "ok", sentence, facts={"qt": number, "platform": plugin, "screen": size})


def fonts() -> Check:
    found = sorted(p.name for p in FONTS.glob("*.[ot]tf"))
    families = [f for f in ("Inter", "JetBrainsMono") if any(n.startswith(f) for n in found)]
    if len(families) == 2:
        return Check("Fonts", "ok", f"{len(found)} font files are there.")
    return Check(
        "Fonts", "warn", "The fonts that come with Assay are missing; the system's are used.",
        "Unpack Assay again, with its folder assets.",
    )  # fmt: skip


def door() -> Check:
    """Try to go out, in a way that would send nothing even if it were allowed."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(BEYOND)
        except Refused:
            return Check("Offline", "ok", "Connections beyond this machine are refused.")
        except OSError:
            pass  # no network at all: the door was not asked
    return Check(
        "Offline", "fail", "Connections beyond this machine are not refused.",
        "Start Assay with its own command, assay, and report this.",
    )  # fmt: skip


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
