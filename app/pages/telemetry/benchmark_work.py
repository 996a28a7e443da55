"""The long work of the Benchmark tab as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.services import Services
from labs.benchmark.kept import complete, keep, read
from labs.benchmark.results import Benchmark
from labs.benchmark.session import Means, run
from labs.benchmark.wish import Flash, Subject, Wish
from labs.telemetry.gathering import Readings
from models.cancel import CancelToken
from models.errors import UserError
from models.hardware.memory import free_bytes


@dataclass(frozen=True)
class Asked:
    """A Wish whose models are still names."""

    names: tuple[str, ...]
    n_read: int
    n_written: int
    depth: int
    repetitions: int
    threads: tuple[int, ...]
    gpu_layers: tuple[int, ...]
    flash_attention: Flash | None
    n_batch: int
    chatted: bool


@dataclass(frozen=True)
class Finished:
    """`paths` where the benchmarks lie; `problem` says why one could not be kept."""

    benchmarks: tuple[Benchmark, ...]
    paths: tuple[Path, ...] = ()
    problem: UserError | None = None


def measure(
    services: Services, readings: Readings, asked: Asked, cancel: CancelToken
) -> Generator[Any, None, Finished]:
    """Measure and keep. Stopped in the middle it returns what is there; raises Cancelled before
    anything was measured, UserError, EngineDied."""
    library = services.library
    entries = [library.resolve_to_run(name) for name in asked.names]
    wish = Wish(
        tuple(Subject(entry, library.load_settings(entry)) for entry in entries),
        asked.n_read, asked.n_written, asked.depth, asked.repetitions, asked.threads,
        asked.gpu_layers, asked.flash_attention, asked.n_batch, chatted=asked.chatted,
    )  # fmt: skip
    means = Means(services.pool, services.sandbox, free_bytes(), readings)
    found = yield from run(wish, means, cancel)
    yield "Keeping the result"
    whole = tuple(complete(benchmark, library) for benchmark in found)
    try:
        paths = tuple(keep(services.paths.benchmarks, each) for each in whole if each.has_readings)
    except UserError as error:
        return Finished(whole, problem=error)
    return Finished(whole, paths)


def open_kept(paths: Sequence[Path]) -> Generator[str, None, Finished]:
    """The oldest first. Raises UserError for the first that cannot be read."""
    yield f"Opening {paths[0].name}"
    found = sorted(map(read, paths), key=lambda each: datetime.fromisoformat(each.started_at))
    return Finished(tuple(found), tuple(paths))
