"""Runs programs for the set-up: output into a log, stoppable, with all their children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from models.errors import Cancelled, UserError

POLL_S = 0.1
LAST_LINES = 12

Command = Sequence[str | Path]


class CommandError(UserError):
    """A program ended with an error; `last_lines` of its output, the rest is in `log`."""

    def __init__(self, message: str, log: Path, last_lines: Sequence[str]) -> None:
        super().__init__(message, f"The whole output is in {log}.")
        self.log = log
        self.last_lines = tuple(last_lines)


class Commands:
    """`stop_request` is a file that the window makes when its Stop button is pressed."""

    def __init__(self, root: Path, logs: Path, stop_request: Path) -> None:
        self._root = root
        self._logs = logs
        self._stop_request = stop_request

    def run(
        self,
        command: Command,
        log: str,
        failure: str,
        on_line: Callable[[str], None] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run to the end, with `environment` on top of ours; `on_line` sees the output.

        Raises CommandError with the sentence `failure`, or Cancelled when asked to stop.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        path = self._logs / f"{log}.log"
        with path.open("wb") as output:
            try:
                child = _start(command, self._root, output, environment or {})
            except OSError as error:
                raise UserError(failure, f"{command[0]}: {error.strerror or error}.") from error
        try:
            self._watch(child, path, on_line)
        finally:
            _end_with_children(child)
        if child.returncode != 0:
            raise CommandError(failure, path, _last_lines(path))

    def output(self, command: Command) -> str | None:
        """What a short program prints; None when it is not there, fails or hangs."""
        try:
            ended = subprocess.run(
                [str(word) for word in command],
                cwd=self._root,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return ended.stdout.strip() if ended.returncode == 0 else None

    def _watch(
        self,
        child: subprocess.Popen[bytes],
        log: Path,
        on_line: Callable[[str], None] | None,
    ) -> None:
        with log.open(encoding="utf-8", errors="replace") as output:
            ended = False
            while not ended:
                ended = _has_ended(child)
                for line in output:
                    if on_line:
                        on_line(line)
                if self._stop_request.exists():
                    raise Cancelled


def _start(
    command: Command,
    root: Path,
    output: IO[bytes],
    environment: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    group: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={**_own_environment(), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **environment},
        **group,
    )


def _own_environment() -> dict[str, str]:
    """Without what would let another Python's packages pass for those of `.venv`."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__")
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _has_ended(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(timeout=POLL_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end_with_children(child: subprocess.Popen[bytes]) -> None:
    """A compiler started by pip must not go on building after a stop."""
    if child.poll() is not None:
        return
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/F", "/T", "/PID", str(child.pid)], capture_output=True, check=False
        )
    else:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _last_lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if line.strip()][-LAST_LINES:]
