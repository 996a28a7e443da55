"""The first steps: `.venv`, the lab and its exact versions inside, and what Qt needs."""

from __future__ import annotations

import importlib.util
import shutil
import sys

from setup.run import SetupRun, bring, refuse_full_disk
from setup.stamps import key_of
from setup.system import QT_LIBRARIES, QT_SONAMES, venv_module

STEP_VERSION = "1"
BUILD_BACKEND = ("hatchling", "editables")  # installed first, so that no build looks online

_MISSING_LIBRARIES = """
import ctypes, sys
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)
"""


def prepare_venv(run: SetupRun) -> None:
    """Make `.venv`; one whose Python no longer runs is made anew."""
    python = run.places.python
    if python.exists() and run.commands.output([python, "-c", "import pip"]) is not None:
        return
    bring(run, venv_module(), _lacks_venv)
    if run.places.venv.exists():
        run.report.say("The folder .venv no longer works: making it anew.")
        shutil.rmtree(run.places.venv)
    run.report.say("Making .venv, a Python of the lab's own.")
    run.commands.run(
        [sys.executable, "-m", "venv", run.places.venv], "venv", "The folder .venv was not made."
    )


def prepare_lab(run: SetupRun, extras: str = "") -> None:
    """Install the lab as constraints.txt says; `extras` like "test,dev" come with it."""
    key = lab_key(run)
    steps = ["lab", *extras.split(",")] if extras else ["lab"]
    if all(run.stamps.matches(step, key) for step in steps):
        return
    refuse_full_disk(run)
    what = "the lab, Qt and the tests' tools" if extras else "the lab and Qt"
    run.report.say(f"Installing {what}, in the versions of constraints.txt.")
    failure = "Installing the lab did not work. Is this machine online?"
    run.pip("install", *BUILD_BACKEND, log="install-build", failure=failure)
    target = f".[{extras}]" if extras else "."
    run.pip("install", "--no-build-isolation", "-e", target, log="install-lab", failure=failure)
    for step in steps:
        run.stamps.record(step, key)


def lab_key(run: SetupRun) -> str:
    """Changes with everything that decides what is installed."""
    root = run.places.root
    return key_of(
        STEP_VERSION,
        str(root),
        run.places.constraints.read_bytes(),
        (root / "pyproject.toml").read_bytes(),
    )


def prepare_qt(run: SetupRun) -> None:
    """Bring the system libraries of Qt; only Linux can lack them."""
    if not sys.platform.startswith("linux") or run.stamps.matches("qt", STEP_VERSION):
        return
    bring(run, QT_LIBRARIES, lambda: bool(missing_libraries(run)))
    run.stamps.record("qt", STEP_VERSION)


def missing_libraries(run: SetupRun) -> list[str]:
    """Asked in a process of its own: loading them leaves nothing behind here."""
    found = run.commands.output([run.places.python, "-c", _MISSING_LIBRARIES, *QT_SONAMES])
    return list(QT_SONAMES) if found is None else found.split()


def _lacks_venv() -> bool:
    importlib.invalidate_caches()
    return any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip"))
