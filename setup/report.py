"""Says what the set-up is doing: sentences in the terminal, JSON lines for the window."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from app.setup_status import SetupState, SetupStatus

QUIET_S = 15  # between two progress lines where the terminal cannot rewrite one


class Report:
    """`clock` counts seconds."""

    def __init__(
        self,
        status: Path,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._status = status
        self._out = out or sys.stdout
        self._clock = clock
        self._began = clock()
        self._last_progress = self._began
        self._line_open = False

    def begin(self) -> None:
        """Start an empty status file for a window to follow."""
        self._status.parent.mkdir(parents=True, exist_ok=True)
        self._status.write_text("", encoding="utf-8")

    def say(self, message: str) -> None:
        """A sentence that stays."""
        self._print(message)
        self._write(SetupStatus(message, pid=os.getpid(), elapsed_s=self.elapsed_s))

    def progress(self, step: str, message: str, done: int, total: int) -> None:
        """How far a step is; shown as a line that is rewritten, or now and then."""
        count = f"{message}: {done} of {total}"
        if self._out.isatty():
            self._out.write(f"\r{self._stamp()} {count}\x1b[K")
            self._out.flush()
            self._line_open = True
        elif done == total or self._clock() - self._last_progress >= QUIET_S:
            self._print(count)
            self._last_progress = self._clock()
        self._write(
            SetupStatus(message, step, "running", done, total, self.elapsed_s, pid=os.getpid())
        )

    def end(self, state: SetupState, message: str, hint: str = "") -> None:
        """The last line: how the whole preparation came out."""
        self._print(f"{message} {hint}".strip())
        self._write(
            SetupStatus(message, "", state, 0, 0, self.elapsed_s, hint=hint, pid=os.getpid())
        )

    @property
    def elapsed_s(self) -> float:
        return round(self._clock() - self._began, 1)

    def _print(self, message: str) -> None:
        if self._line_open:
            self._out.write("\n")
            self._line_open = False
        print(self._stamp(), message, file=self._out, flush=True)

    def _stamp(self) -> str:
        return f"[{self.elapsed_s:5.0f} s]"

    def _write(self, status: SetupStatus) -> None:
        if not self._status.parent.is_dir():
            return
        with self._status.open("a", encoding="utf-8") as file:
            file.write(status.to_line())
