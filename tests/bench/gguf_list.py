"""The model list over many large files: first rows, completion behind, and everything cached."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

from models.library.library import Library
from models.long_work import result_of
from tests.bench.gguf_files import copies, write
from tests.bench.line import Bound, Line, repeat

FILES = 1000
COMPLETED = 25


def first_rows(work: Path) -> tuple[Line, ...]:
    large, number = write(work / "large.gguf"), itertools.count()
    folder = copies(large, work / "rows", FILES, kept_bytes=65_536)

    def measure() -> float:
        library = Library(_fresh(work, next(number)), extra_folders=[folder])
        rows, started = 0, time.perf_counter()
        for progress in library.scan():
            rows += len(progress.found)
            if rows >= FILES or progress.phase == "headers":
                break
        assert rows == FILES, f"{rows} rows"
        return time.perf_counter() - started

    bound = Bound("value", "at most", 2.0)
    return (Line(f"First rows of {FILES:,} GGUF files", "s", bound, repeat(measure)),)


def completion(work: Path) -> tuple[Line, ...]:
    large, number = write(work / "large.gguf"), itertools.count()
    folder = copies(large, work / f"completed-{COMPLETED}", COMPLETED)

    def measure() -> float:
        library = Library(_fresh(work, next(number)), extra_folders=[folder])
        started = time.perf_counter()
        result_of(library.scan())
        return (time.perf_counter() - started) / COMPLETED * 1000

    bound = Bound("value", "at most", 100)
    return (Line("Completing a row behind, a file", "ms", bound, repeat(measure)),)


def cached(work: Path) -> tuple[Line, ...]:
    """A new Library on an index that knows every file already; sizes of headers do not matter."""
    folder = copies(write(work / "small.gguf", 1000, 1000), work / f"cached-{FILES}", FILES)
    index = _fresh(work, -1)
    result_of(Library(index, extra_folders=[folder]).scan())

    def measure() -> float:
        started = time.perf_counter()
        result_of(Library(index, extra_folders=[folder]).scan())
        return time.perf_counter() - started

    bound = Bound("value", "at most", 0.1)
    return (Line(f"The list of {FILES:,} files, cached", "s", bound, repeat(measure)),)


def _fresh(work: Path, number: int) -> Path:
    """An index that is not there; the records beside it go as well."""
    folder = work / "index" / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    return folder / "models-index"
