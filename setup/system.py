"""What the system must bring, whether it is there, and how it is installed on this system."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Manager = Literal["apt", "dnf", "pacman", "zypper", "brew", "xcode", "winget", ""]

INSTALL = {
    "apt": "sudo apt-get install -y",
    "dnf": "sudo dnf install -y",
    "pacman": "sudo pacman -S --needed",
    "zypper": "sudo zypper install -y",
    "brew": "brew install",
    "winget": "winget install",
}


@dataclass(frozen=True)
class Need:
    """Something pip cannot bring. `lines` names it for each package manager: packages, or for
    "xcode" the whole line."""

    name: str
    lines: Mapping[str, str]


@dataclass(frozen=True)
class System:
    """The system at hand; `installs` tells whether we may install on it without asking."""

    manager: Manager
    installs: bool = False


COMPILER = Need(
    "a C++ compiler",
    {
        "apt": "build-essential",
        "dnf": "gcc-c++ make",
        "pacman": "base-devel",
        "zypper": "gcc-c++ make",
        "brew": "llvm",
        "xcode": "xcode-select --install",
        "winget": "--id Microsoft.VisualStudio.2022.BuildTools --override "
        '"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"',
    },
)

QT_LIBRARIES = Need(
    "some libraries that every window needs",
    {
        "apt": "libegl1 libgl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libxkbcommon-x11-0 "
        "libdbus-1-3 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 "
        "libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 fonts-dejavu-core",
        "dnf": "mesa-libEGL mesa-libGL glib2 fontconfig libxkbcommon libxkbcommon-x11 dbus-libs "
        "libX11-xcb xcb-util-cursor xcb-util-wm xcb-util-image xcb-util-keysyms "
        "xcb-util-renderutil dejavu-sans-fonts",
        "pacman": "libglvnd mesa glib2 fontconfig libxkbcommon libxkbcommon-x11 dbus libx11 "
        "xcb-util-cursor xcb-util-wm xcb-util-image xcb-util-keysyms xcb-util-renderutil "
        "ttf-dejavu",
        "zypper": "Mesa-libEGL1 Mesa-libGL1 libglib-2_0-0 fontconfig libxkbcommon0 "
        "libxkbcommon-x11-0 libdbus-1-3 libX11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 "
        "libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 dejavu-fonts",
    },
)

# What PySide6's own libraries ask of Linux, found with `objdump -p`.
QT_SONAMES = (
    "libEGL.so.1",
    "libGL.so.1",
    "libglib-2.0.so.0",
    "libfontconfig.so.1",
    "libxkbcommon.so.0",
    "libxkbcommon-x11.so.0",
    "libdbus-1.so.3",
    "libX11-xcb.so.1",
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-randr.so.0",
    "libxcb-render-util.so.0",
    "libxcb-shape.so.0",
)


def venv_module() -> Need:
    """Debian splits `venv` from Python, one package for each version."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Need("Python's own venv module", {"apt": f"{version}-venv"})


def find_system(
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
    os_release: str | None = None,
    is_root: bool | None = None,
) -> System:
    """Which package manager stands here. We install by ourselves only as root with apt."""
    if platform == "darwin":
        return System("xcode")
    if platform == "win32":
        return System("winget" if which("winget") else "")
    if which("apt-get"):
        release = _os_release() if os_release is None else os_release
        known = any(name in release.lower() for name in ("debian", "ubuntu"))
        return System("apt", known and (_is_root() if is_root is None else is_root))
    managers: tuple[Manager, ...] = ("dnf", "pacman", "zypper", "brew")
    return System(next((name for name in managers if which(name)), ""))


def install_line(system: System, need: Need) -> str:
    """One line to copy into a terminal; "" when we do not know one for this system."""
    what = need.lines.get(system.manager, "")
    if not what or system.manager == "xcode":
        return what
    return f"{INSTALL[system.manager]} {what}"


def advice(system: System, need: Need) -> str:
    """The sentence that goes with something missing."""
    line = install_line(system, need)
    if line:
        return f"Install it with this line, then run start.py again: {line}"
    return f"Install {need.name} with your system's package manager, then run start.py again."


def _os_release() -> str:
    try:
        return Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return ""


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
