"""Replacing a text file whole or leaving it as it is."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str, *, sync: bool = False, private: bool = False) -> None:
    """Write beside `path` and put it in its place. `sync` waits for the disk: a power cut then
    leaves the old text or the new one. `private` keeps other users of the machine from reading.
    Raises OSError, with nothing left behind; each caller has a sentence of its own."""
    half = place_beside(path)
    try:
        with open(half, "w", encoding="utf-8", newline="\n", opener=_opener(private)) as file:
            file.write(text)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(half, path)
    except BaseException:
        with suppress(OSError):  # a folder that takes no file may not let go of one either
            half.unlink()
        raise


def place_beside(path: Path) -> Path:
    """Where it is written first: a short name, because the own may be as long as the system takes;
    one a process."""
    known = zlib.crc32(path.name.encode("utf-8", "surrogateescape"))
    return path.with_name(f".{os.getpid()}-{known:08x}.new")


def _opener(private: bool) -> Callable[[str, int], int]:
    return lambda file, flags: os.open(file, flags, 0o600 if private else 0o666)
