"""What this machine builds with and for: processor, compiler, CUDA, Metal."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from setup.commands import Commands
from setup.stamps import key_of

AMX_OFF = ("-mno-amx-tile", "-mno-amx-int8", "-mno-amx-bf16")
X86 = ("x86_64", "amd64", "i686")


def describe_processor(commands: Commands) -> str:
    """Model and instruction sets; a native build runs only where these are the same."""
    if sys.platform == "darwin":
        names = ("machdep.cpu.brand_string", "machdep.cpu.features", "machdep.cpu.leaf7_features")
        return " ".join(commands.output(["sysctl", "-n", name]) or "" for name in names).strip()
    if sys.platform == "win32":
        return os.environ.get("PROCESSOR_IDENTIFIER", platform.processor())
    try:
        return parse_cpuinfo(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return platform.processor()


def parse_cpuinfo(text: str) -> str:
    """Model name and a short hash of the sorted flags of the first processor in the list."""
    first: dict[str, str] = {}
    for line in text.split("\n\n")[0].splitlines():
        name, _, value = line.partition(":")
        first[name.strip()] = value.strip()
    flags = " ".join(sorted((first.get("flags") or first.get("Features") or "").split()))
    model = first.get("model name") or f"part {first.get('CPU part', '?')}"
    return f"{model} [{key_of(flags)}]"


def find_compiler(commands: Commands) -> str | None:
    """The C++ compiler CMake will find, by name; None when there is none."""
    if sys.platform == "win32":
        return shutil.which("cl") or _visual_studio(commands)
    if sys.platform == "darwin" and commands.output(["xcode-select", "-p"]) is None:
        return None  # /usr/bin/c++ is a placeholder that opens a dialog
    names = (os.environ.get("CXX", ""), "c++", "g++", "clang++")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def amx_flags(commands: Commands, compiler: str | None, machine: str = "") -> tuple[str, ...]:
    """Flags that keep AMX out of the build.

    Some virtual machines show AMX without enabling it, and the first decode crashes there.
    A compiler too old to know the flags does not write AMX code either.
    """
    machine = (machine or platform.machine()).lower()
    if machine not in X86 or sys.platform == "win32":
        return ()
    if compiler is None:
        return AMX_OFF
    tried = commands.output([compiler, *AMX_OFF, "-x", "c++", "-E", os.devnull])
    return AMX_OFF if tried is not None else ()


def cuda_version(commands: Commands) -> tuple[str, str]:
    """The CUDA compiler's version, or "", and the sentence that says what was found."""
    compiler = commands.output(["nvcc", "--version"])
    driver = commands.output(["nvidia-smi", "-L"])
    if compiler and driver:
        found = "CUDA and an NVIDIA driver are here"
        return compiler.splitlines()[-1], f"{found}: the engine will use CUDA."
    found = "No graphics toolkit was found"
    if compiler:
        found = "CUDA's compiler is here, but no NVIDIA driver answers"
    elif driver:
        found = "An NVIDIA card is here, but not CUDA's compiler nvcc"
    return "", f"{found}: the engine will use the CPU."


def has_metal(platform_name: str = sys.platform, machine: str = "") -> bool:
    return platform_name == "darwin" and (machine or platform.machine()) == "arm64"


def number_of_cores(affinity: Sequence[int] | None = None) -> int:
    """Cores that this process may use."""
    if affinity is None and hasattr(os, "sched_getaffinity"):
        affinity = tuple(os.sched_getaffinity(0))
    return len(affinity) if affinity else os.cpu_count() or 1


def _visual_studio(commands: Commands) -> str | None:
    folder = os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)")
    finder = Path(folder) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
    part = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
    asked = ["-latest", "-products", "*", "-requires", part, "-property", "installationPath"]
    return commands.output([finder, *asked]) or None
