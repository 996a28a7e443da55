"""A whole header with 128,000 tokens, beside the reader of the gguf package."""

from __future__ import annotations

import time
from pathlib import Path

import gguf

from models.library.gguf_header import read_header
from tests.bench.gguf_files import write
from tests.bench.line import Bound, Line, interleave


def measure(work: Path) -> tuple[Line, ...]:
    path = write(work / "large.gguf")

    def ours() -> float:
        started = time.perf_counter()
        read_header(path)
        return time.perf_counter() - started

    def theirs() -> float:
        started = time.perf_counter()
        gguf.GGUFReader(path)
        return time.perf_counter() - started

    first, second = interleave(ours, theirs)
    bound = Bound("ratio", "at most", 1 / 100)
    line = Line("GGUF header with 128,000 tokens", "s", bound, first, second, "gguf.GGUFReader")
    return (line,)
