"""Keeps what is known about a crash for the user to read and copy; nothing is sent. No Qt."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

RUN_PREFIX, CRASH_PREFIX = "run-", "crash-"
KEPT = 10


class CrashLog:
    """One file a run: it is gone after a clean end, and read at the next start otherwise.

    Faults of native code write into it through faulthandler, bugs in Python through `note`. Only
    the process that holds the home's lock may call `begin`.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._file: Path | None = None
        self._stream: int | None = None
        self._has_bugs = False

    def begin(self) -> Path | None:
        """Open this run's file; return the report of the last run if that did not end well."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            left = self._keep_what_was_left()
            self._file = self._folder / f"{RUN_PREFIX}{os.getpid()}.txt"
            self._stream = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError:
            # A full or locked disk must not keep the window from opening.
            return None
        self._write(f"Started {_moment(self._clock())}\n")
        faulthandler.enable(self._stream)
        return left

    def describe(self) -> None:
        """Add versions and system; looking them up takes longer than a window may wait."""
        self._write(f"{describe_machine()}\n")

    def note(self, error: BaseException) -> str:
        """Write a bug down; return it as text."""
        text = _traceback(error)
        self._has_bugs = True
        self._write(f"\n{_moment(self._clock())}\n{text}")
        return text

    def keep_bug(self, error: BaseException) -> Path:
        """Write one report of its own, for a command that has no running log."""
        self._folder.mkdir(parents=True, exist_ok=True)
        moment = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._clock()))
        target = self._folder / f"{CRASH_PREFIX}{moment}-command-{os.getpid()}.txt"
        text = _traceback(error)
        target.write_text(f"{describe_machine()}\n\n{text}", encoding="utf-8")
        return target

    def end(self) -> None:
        """Mark a clean end; a run with bugs keeps its file among the reports."""
        if self._stream is None or self._file is None:
            return
        if faulthandler.is_enabled():
            faulthandler.disable()
        os.close(self._stream)
        self._stream = None
        if self._has_bugs:
            self._keep(self._file)
        else:
            self._file.unlink(missing_ok=True)

    def reports(self) -> tuple[Path, ...]:
        """What was kept, newest first."""
        return tuple(sorted(self._folder.glob(f"{CRASH_PREFIX}*.txt"), reverse=True))

    def _keep_what_was_left(self) -> Path | None:
        left = [self._keep(file) for file in sorted(self._folder.glob(f"{RUN_PREFIX}*.txt"))]
        for old in self.reports()[KEPT:]:
            old.unlink(missing_ok=True)
        return left[-1] if left else None

    def _keep(self, file: Path) -> Path:
        moment = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._clock()))
        target = file.with_name(f"{CRASH_PREFIX}{moment}-{file.stem.removeprefix(RUN_PREFIX)}.txt")
        return file.replace(target)

    def _write(self, text: str) -> None:
        if self._stream is not None:
            os.write(self._stream, text.encode(errors="replace"))


def install_hooks(log: CrashLog, on_bug: Callable[[BaseException], None]) -> Callable[[], None]:
    """Send every uncaught exception to the log, then to `on_bug`, on whichever thread it was.

    Returns what puts the hooks back that were there before.
    """

    def from_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.note(error)
        sys.__excepthook__(kind, error, trace)
        on_bug(error)

    def from_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            from_main(args.exc_type, args.exc_value, args.exc_traceback)

    before = sys.excepthook, threading.excepthook

    def restore() -> None:
        sys.excepthook, threading.excepthook = before

    sys.excepthook, threading.excepthook = from_main, from_thread
    return restore


def read_report(path: Path) -> str:
    """A report with the user's home folder written as "~"."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"The report {path} could not be read: {error.strerror or error}."
    return without_home(text)


def without_home(text: str) -> str:
    return text.replace(str(Path.home()), "~")


def describe_machine() -> str:
    """Versions and system in one line each."""
    import platform  # not before the window is on the screen

    return (
        f"Assay {version()}\nPython {platform.python_version()}\n"
        f"{platform.system()} {platform.release()} {platform.machine()}"
    )


def made_by() -> str:
    """What a run says of the program that made it."""
    return f"Assay {version()}"


def version() -> str:
    """The installed version of Assay."""
    from importlib import metadata  # not before the window is on the screen

    try:
        return metadata.version("assay-desktop")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _traceback(error: BaseException) -> str:
    import traceback  # not before the window is on the screen

    return "".join(traceback.format_exception(error))


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
