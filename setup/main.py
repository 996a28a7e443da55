"""What `start.py` does, in order: set up, then open the window, run the demo or the tests."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from app.display import has_screen
from models.errors import Cancelled, UserError
from setup.commands import CommandError, Commands
from setup.engine import is_installed, prepare_engine
from setup.lab import prepare_lab, prepare_qt, prepare_venv
from setup.lock import Lock
from setup.mlx import prepare_mlx
from setup.places import Places
from setup.report import Report
from setup.run import SetupRun
from setup.stamps import Stamps
from setup.starter import is_prepared, prepare_starter
from setup.system import find_system

INTERRUPTED = 130
CLOSING_LIMIT_S = 10
# Whole files of tests in a process for each core, the longest first (tests/conftest.py), and one
# more for while others wait for a model or a window; more than four would only share one model.
SIDE_BY_SIDE = (
    "-n", str(min(4, (os.cpu_count() or 1) + 1)), "--dist", "loadfile", "--no-loadscope-reorder",
)  # fmt: skip


def main(root: Path, arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="start.py",
        description="Set Assay up and open it. Running it again goes on where it stopped.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        default="open",
        choices=("open", "setup", "test"),
        help="open the window (default), only set up, or set up and run the tests",
    )
    parser.add_argument(
        "--mlx", action="store_true", help="install MLX too, as is done on Apple silicon anyway"
    )
    options, rest = parser.parse_known_args(arguments)
    if rest and options.what != "test":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    run = make_run(root)
    try:
        if options.what == "test":
            return _test(run, rest)
        if options.what == "open":
            return _open(run, options.mlx)
        return _only_set_up(run, mlx=options.mlx)
    except (UserError, Cancelled) as error:
        _explain(run, error)
        return 1
    except KeyboardInterrupt:
        run.report.end("stopped", "Stopped. Run start.py again to go on from here.")
        return INTERRUPTED


def make_run(root: Path) -> SetupRun:
    """The set-up of the checkout at `root`."""
    places = Places(root)
    commands = Commands(root, places.logs, places.stop_request)
    report = Report(places.status)
    return SetupRun(places, commands, report, Stamps(places.stamps), find_system())


def _open(run: SetupRun, mlx: bool) -> int:
    if not has_screen():
        run.report.say("There is no display here: setting up, then running a demonstration.")
        return _only_set_up(run, mlx=mlx) or _demonstrate(run)
    with Lock(run.places.lock) as lock:
        if not lock.is_ours:
            print("Another start.py is preparing the engine here; opening the window beside it.")
            return _app(run, "--setup-status", run.places.status).wait()
        _begin(run)
        prepare_venv(run)
        prepare_lab(run)
        prepare_mlx(run, mlx)
        prepare_qt(run)
        window = _app(run) if is_ready(run) else _open_and_prepare(run)
    return _wait(window)


def _open_and_prepare(run: SetupRun) -> subprocess.Popen[bytes]:
    """The window can be looked around in while the engine is built."""
    run.report.say("Opening the window; the engine is prepared meanwhile.")
    window = _app(run, "--setup-status", run.places.status)
    try:
        prepare_engine(run)
        prepare_starter(run)
        run.report.end("ready", "Everything is ready.")
    except (UserError, Cancelled) as error:
        _explain(run, error)
    except KeyboardInterrupt:
        _close(window)
        raise
    return window


def _only_set_up(run: SetupRun, extras: str = "", mlx: bool = False) -> int:
    with Lock(run.places.lock) as lock:
        if not lock.is_ours:
            raise UserError("Another start.py is at work here.", "Wait until it is done.")
        _begin(run)
        prepare_venv(run)
        prepare_lab(run, extras)
        prepare_mlx(run, mlx)
        prepare_qt(run)
        prepare_engine(run)
        prepare_starter(run)
        run.report.end("ready", "Everything is ready.")
    return 0


def _test(run: SetupRun, pytest_arguments: Sequence[str]) -> int:
    _only_set_up(run, extras="test,dev", mlx=True)
    run.report.say("Running the tests, without a window on the screen.")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # Several processes read the same modules again and again: without a cache, each compiles them.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [str(run.places.python), "-m", "pytest", *SIDE_BY_SIDE, *pytest_arguments]
    return subprocess.call(command, cwd=run.places.root, env=environment)


def _demonstrate(run: SetupRun) -> int:
    return _wait(_app(run, "demo"))


def is_ready(run: SetupRun) -> bool:
    """Whether nothing is left to prepare, found without a network or a compiler."""
    return is_installed(run) and is_prepared(run)


def _begin(run: SetupRun) -> None:
    run.report.begin()
    run.places.stop_request.unlink(missing_ok=True)


def _app(run: SetupRun, *arguments: str | Path) -> subprocess.Popen[bytes]:
    words = [str(word) for word in (run.places.python, "-m", "app", *arguments)]
    return subprocess.Popen(words, cwd=run.places.root)


def _wait(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait()
    except KeyboardInterrupt:
        _close(child)
        raise


def _close(child: subprocess.Popen[bytes]) -> None:
    """Ask the window to close as if its user had, and give it time to save."""
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(CLOSING_LIMIT_S)


def _explain(run: SetupRun, error: UserError | Cancelled) -> None:
    if isinstance(error, Cancelled):
        run.report.end("stopped", "Stopped as asked. Run start.py again to go on from here.")
        return
    if isinstance(error, CommandError):
        print("\n".join(f"    {line}" for line in error.last_lines), flush=True)
    run.report.end("failed", error.message, error.hint)


def let_signals_interrupt() -> None:
    """A closed terminal or a polite kill ends our children too, as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
