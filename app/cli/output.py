"""What commands print, and what happens where it cannot be written."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any, TextIO, cast

FAILED, NOBODY_READS = 1, 141  # the second as of a program that SIGPIPE ends
LOST = "assay: The output could not be written: {reason}."
CLOSED = "the standard output is closed"


class OutputError(Exception):
    """stdout took nothing more; `cause` says why. No OSError: those of other files are not meant,
    and argparse swallows them."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def writing(work: Callable[[], int]) -> int:
    """Run a command to its last byte of output; returns the exit code. Output that is lost is a
    sentence, and silence where nobody reads it any more, as behind `| head`."""
    if sys.stdout is None:
        print(LOST.format(reason=CLOSED), file=sys.stderr)
        return FAILED
    stdout = sys.stdout
    _survive_narrow_terminals(stdout)
    try:
        with redirect_stdout(cast(TextIO, _Output(stdout))):
            try:
                return work()
            finally:
                sys.stdout.flush()
    except OutputError as lost:
        _forget(stdout)
        if isinstance(lost.cause, BrokenPipeError):
            return NOBODY_READS
        print(LOST.format(reason=lost.cause.strerror or lost.cause), file=sys.stderr)
        return FAILED


class _Output:
    """A stream whose failures are told apart from those of other files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with _told_apart():
            return self._stream.write(text)

    def flush(self) -> None:
        with _told_apart():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(error) from error


def _survive_narrow_terminals(stdout: TextIO) -> None:
    """One without Unicode shows a question mark instead of ending the command."""
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="replace")


def _forget(stdout: TextIO) -> None:
    """Python writes what is left once more when it ends, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stdout.fileno())
    finally:
        os.close(nowhere)
