"""What `start.py` tells a window that opened before the engine was ready: a file of JSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from models.cancel import CancelToken
from models.errors import Cancelled, UserError

SetupState = Literal["running", "ready", "failed", "stopped"]
STOP_FILE = "stop"
POLL_S = 0.2


@dataclass(frozen=True)
class SetupStatus:
    """One line of the file: where the preparation stands.

    `done` of `total` counts files or tensors of the step (`total` 0: not known). Only the last
    line has a `state` other than "running". `pid` is the process that prepares.
    """

    message: str
    step: str = ""
    state: SetupState = "running"
    done: int = 0
    total: int = 0
    elapsed_s: float = 0.0
    hint: str = ""
    pid: int = 0

    @property
    def detail(self) -> str:
        """The line below the progress bar of the task."""
        return f"{self.message}, {self.done} of {self.total}" if self.total else self.message

    def to_line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @staticmethod
    def from_line(line: str) -> SetupStatus:
        """Raises ValueError or TypeError when the line is not a status."""
        return SetupStatus(**json.loads(line))


def follow(path: Path, cancel: CancelToken) -> Generator[SetupStatus, None, SetupStatus]:
    """Yield each new status; return the last one once engine and starter are ready.

    Cancelling asks the preparation to stop. Raises UserError when it failed or ended early,
    Cancelled when it was stopped.
    """
    position, latest = 0, SetupStatus("Waiting for the preparation to begin.")
    while True:
        gone = latest.pid != 0 and not _is_alive(latest.pid)
        lines, position = _new_lines(path, position)
        for latest in _parse(lines):
            if latest.state != "running":
                return _outcome(latest)
            yield latest
        if gone and not lines:
            raise UserError(
                "Preparing the engine ended before it was done.",
                "Run python3 start.py again; it goes on where it stopped.",
            )
        if cancel.is_cancelled:
            path.with_name(STOP_FILE).touch()
        time.sleep(POLL_S)


def _outcome(last: SetupStatus) -> SetupStatus:
    if last.state == "failed":
        raise UserError(last.message, last.hint)
    if last.state == "stopped":
        raise Cancelled
    return last


def _parse(lines: list[str]) -> Iterator[SetupStatus]:
    for line in lines:
        try:
            yield SetupStatus.from_line(line)
        except (ValueError, TypeError):
            continue  # a damaged line tells nothing; the next one will


def _new_lines(path: Path, position: int) -> tuple[list[str], int]:
    """Whole lines after `position` (bytes), and where the next reading begins."""
    try:
        with path.open("rb") as file:
            file.seek(position)
            fresh = file.read()
    except FileNotFoundError:
        return [], position
    whole = fresh[: fresh.rfind(b"\n") + 1]
    return whole.decode(errors="replace").splitlines(), position + len(whole)


def _is_alive(pid: int) -> bool:
    import psutil  # only this rare wait needs it

    return bool(psutil.pid_exists(pid))
