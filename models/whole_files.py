"""Replacing a text file whole or leaving it as it is."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, sync: bool = False) -> None:
    """Write beside `path` and put it in its place. `sync` waits for the disk: a power cut then
    leaves the old text or the new one. Raises OSError; each caller has a sentence of its own."""
    half = path.with_name(f".{path.name}.new")
    with half.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    os.replace(half, path)
