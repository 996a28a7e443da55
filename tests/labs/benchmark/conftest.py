"""A tiny model, a pool, and benchmarks written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from labs.benchmark.results import Benchmark, Chatted, ChattedTurn, Measured, Repetition, Test
from labs.benchmark.session import Means
from labs.benchmark.wish import Subject
from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.hardware.memory import free_bytes
from models.library.library import Library
from tests.engine.tiny_kinds import llama


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return llama(tmp_path_factory.mktemp("tiny") / "tiny-F32.gguf")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "index.sqlite3")


@pytest.fixture
def tiny(tiny_file: Path, library: Library) -> Subject:
    return Subject(library.refresh(library.add(tiny_file)[0]), LoadSettings())


@pytest.fixture
def means(sandbox: Sandbox) -> Iterator[Means]:
    pool = Pool(fits=lambda *_: True)
    yield Means(pool, sandbox, free_bytes())
    pool.close()


def timed(kind, speeds: Sequence[float], *, threads: int = 1, busy: int = 0, depth: int = 0):
    repetitions = tuple(Repetition(s, 0.9 * (n < busy), n < busy) for n, s in enumerate(speeds))
    return Test(kind, 512 if kind == "read" else 128, depth, threads, -1, repetitions)


def benchmark_of(*tests: Test, written: Sequence[float] = (), **more) -> Benchmark:
    """Of a file called tiny; `written` are speeds as chatted, at 500 tokens."""
    turns = tuple(ChattedTurn(True, 436, 430, 128, 0.2, speed) for speed in written)
    known = {
        "model": Measured("tiny", "/tiny.gguf", "gguf", "Q8_0", size_bytes=145_000_000),
        "started_at": "2026-11-25T21:00:00+01:00", "backend": "llama.cpp",
        "backend_build": "llama-cpp-python", "device": "CPU", "load_s": 0.5,
        "memory_bytes": 1, "settings": LoadSettings(), "flash_attention": True,
        "repetitions_asked": 5, "seed": 1,
        "chatted": Chatted(turns, 1) if turns else None,
    }  # fmt: skip
    return Benchmark(tests=tests, **{**known, **more})
