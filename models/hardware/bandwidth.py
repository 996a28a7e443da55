"""How fast this machine reads its memory, which bounds how fast a model can write.

Measured in a process of its own: see `bandwidth_child.py` for how, and for what it was held beside.
A model file that is mapped lies in small pages, which cost a little more to read than the huge ones
here; the figure is what the memory can give, not what every program gets.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from models.amounts import size_text
from models.cancel import CancelToken
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.process import Child, Ended
from models.errors import UserError
from models.hardware import bandwidth_messages
from models.hardware.bandwidth_messages import Probe, Probed, ProbeRound
from models.hardware.memory import MemoryFree

CHILD = "models.hardware.bandwidth_child"
KNOWN = {**MESSAGE_TYPES, **message_types(bandwidth_messages)}
SECONDS = 10.0
BUFFER_BYTES, LEAST_BYTES = 1 << 30, 128 << 20  # far more than caches hold
SHARE_OF_FREE = 4
LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class ThreadReading:
    """Bytes a second with so many threads, one value a round."""

    threads: int
    bytes_per_s: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.bytes_per_s)

    @property
    def quartiles(self) -> tuple[float, float]:
        """A quarter of the readings lies below the first, a quarter above the second."""
        if len(self.bytes_per_s) < 2:
            return self.median, self.median
        low, _, high = quantiles(self.bytes_per_s, n=4, method="inclusive")
        return low, high


@dataclass(frozen=True)
class Bandwidth:
    """`readings` by number of threads; `others_cores` other programs kept busy meanwhile.
    `is_small`: memory was short, and the caches of a large processor may have held a part."""

    readings: tuple[ThreadReading, ...]
    buffer_bytes: int
    others_cores: float | None = None
    is_small: bool = False

    @property
    def best(self) -> ThreadReading:
        return max(self.readings, key=lambda reading: reading.median)

    @property
    def bytes_per_s(self) -> float:
        return self.best.median


@dataclass(frozen=True)
class Probing:
    """Tenths of seconds, `done` of about `total`."""

    done: int
    total: int
    detail: str


def probe(
    memory: MemoryFree, cancel: CancelToken, seconds: float = SECONDS, cores: int = 0
) -> Generator[Probing, None, Bandwidth]:
    """Raises UserError where memory is too short, EngineDied, Cancelled when stopped."""
    size = buffer_size(memory)
    threads = thread_counts(cores or os.cpu_count() or 1)
    rounds: list[tuple[float, ...]] = []
    with _process() as child:
        _, answers = child.send(Probe(size, threads, seconds))
        while True:
            answer = _next(child, answers, cancel)
            if isinstance(answer, Probed):
                break
            rounds.append(answer.bytes_per_s)
            yield _progress(answer, rounds, seconds)
    readings = [ThreadReading(n, each)
                for n, each in zip(threads, zip(*rounds, strict=True), strict=True)]  # fmt: skip
    return Bandwidth(tuple(readings), size, answer.others_cores, size < BUFFER_BYTES)


def buffer_size(memory: MemoryFree) -> int:
    """A quarter of what is free, at most a gibibyte. Raises UserError below what tells anything."""
    size = min(BUFFER_BYTES, memory.free_bytes // SHARE_OF_FREE)
    if size < LEAST_BYTES:
        raise UserError(
            f"Only {size_text(memory.free_bytes)} of memory are free, too little to measure how "
            "fast it is read.",
            "Close other programs, or unload a model.",
        )
    return size


def thread_counts(cores: int) -> tuple[int, ...]:
    """1, 2, 4 and so on, and all of them."""
    powers = [1 << n for n in range(cores.bit_length()) if 1 << n < cores]
    return (*powers, cores)


@contextmanager
def _process() -> Iterator[Child]:
    child = Child(CHILD, known=KNOWN)
    try:
        child.wait_for_hello()
        yield child
    finally:
        child.kill("stop")
        child.close()


def _next(
    child: Child, answers: queue.SimpleQueue[object], cancel: CancelToken
) -> ProbeRound | Probed:
    while True:
        cancel.raise_if_cancelled()
        try:
            answer = answers.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            continue
        if isinstance(answer, Ended):
            raise child.exit().error()
        if isinstance(answer, Failed):
            raise _failure(answer)
        assert isinstance(answer, (ProbeRound, Probed))
        return answer


def _failure(failed: Failed) -> Exception:
    if failed.kind == "user":
        return UserError(failed.message, failed.hint)
    return RuntimeError(f"{failed.message}\n{failed.log}")


def _progress(told: ProbeRound, rounds: list[tuple[float, ...]], seconds: float) -> Probing:
    best = max(median(speeds) for speeds in zip(*rounds, strict=True))
    done = min(told.elapsed_s, seconds)
    return Probing(round(10 * done), round(10 * seconds), f"{best / 1e9:.1f} GB a second so far")
