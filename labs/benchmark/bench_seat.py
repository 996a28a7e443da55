"""One loaded model of a benchmark, and what was measured of it so far."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from labs.benchmark.results import (
    Benchmark,
    Chatted,
    ChattedTurn,
    Kind,
    Measured,
    Repetition,
    Test,
    is_busy,
)
from labs.benchmark.wish import Subject, Wish
from models.cancel import CancelToken
from models.engine.messages import LoadSettings, TimeTokens
from models.engine.pool import PooledEngine
from models.errors import EngineDied, UserError
from models.library.entry import ModelEntry

T = TypeVar("T")
WARM_TOKENS = 1  # written to warm up, as llama-bench does


class Seat:
    """`bare_reason` says why tokens without a text cannot be timed, "" where they can; `chat` is
    the engine that is chatted with, None where nobody wants that. One that `is_out` is asked for
    nothing more; `n_steps` are its repetitions and turns so far, those that warm up too."""

    def __init__(
        self, wish: Wish, subject: Subject, settings: LoadSettings, engine: PooledEngine,
        bare_reason: str = "", layers: int | None = None,
    ) -> None:  # fmt: skip
        self.subject, self.layers = subject, layers
        self.is_out = False
        self._n_timed = 0
        self.chat: PooledEngine | None = None
        self.turns: list[ChattedTurn] = []
        self.bare_reason = bare_reason
        self.chat_reason = ""
        self._wish = wish
        self._settings = settings
        self._engine = engine
        self._started = datetime.now().astimezone()
        self._found: dict[tuple[Kind, int], list[Repetition]] = {}

    @property
    def name(self) -> str:
        layers = f", {self._settings.gpu_layers} GPU layers" if self._wish.gpu_layers else ""
        return self.subject.entry.name + layers

    @property
    def load(self) -> tuple[str, int | None]:
        """The model, and its GPU layers where they are compared."""
        return self.subject.entry.model, self.layers

    @property
    def threads(self) -> tuple[int, ...]:
        return self._wish.threads or (self._engine.context.threads,)

    @property
    def n_steps(self) -> int:
        return self._n_timed + len(self.turns)

    @property
    def is_complete(self) -> bool:
        kinds = bool(self._wish.n_read) + bool(self._wish.n_written)
        asked = 0 if self.bare_reason else kinds * len(self.threads) * self._wish.repetitions
        has_chatted = self.chat is None or len(self.turns) >= 2 * self._wish.n_chatted
        told = sum(map(len, self._found.values()))
        return told >= asked and (has_chatted or bool(self.chat_reason))

    def words(self, kind: Kind, threads: int) -> str:
        """What is measured now."""
        what = "reading" if kind == "read" else "writing"
        if len(self.threads) < 2:
            return what
        return f"{what} with {threads} thread{'s' if threads != 1 else ''}"

    def measure(self, kind: Kind, threads: int, number: int, cancel: CancelToken) -> int:
        """Repetition `number`, below 0 one that warms up; returns its tokens. Raises Cancelled,
        UserError."""
        wish = self._wish
        count = wish.n_read if kind == "read" else wish.n_written
        if number < 0 and kind == "write":
            count = WARM_TOKENS
        request = TimeTokens(
            "", count if kind == "read" else 0, count if kind == "write" else 0, wish.depth,
            threads, wish.seed + number,
        )  # fmt: skip
        timed = self._engine.time_tokens(request, cancel)
        self._n_timed += 1
        if number >= 0:
            others = timed.others_cores
            busy = is_busy(others, os.cpu_count() or 1)
            repetition = Repetition(count / max(timed.seconds, 1e-9), others, busy)
            self._found.setdefault((kind, threads), []).append(repetition)
        return count

    @contextmanager
    def chat_trouble(self) -> Iterator[None]:
        """Chatting that cannot be had is a gap with a reason: the rest is worth keeping."""
        try:
            yield
        except EngineDied:
            raise
        except UserError as error:
            self.chat_reason = error.message

    def benchmark(self) -> Benchmark:
        """What is known so far."""
        info, context = self._engine.info, self._engine.context
        wish, entry = self._wish, self.subject.entry
        tests = tuple(
            Test(kind, wish.n_read if kind == "read" else wish.n_written, wish.depth, threads,
                 self._settings.gpu_layers, tuple(repetitions))
            for (kind, threads), repetitions in sorted(self._found.items())
        )  # fmt: skip
        return Benchmark(
            replace(_measured(entry), architecture=info.architecture, n_params=info.n_params),
            self._started.isoformat(timespec="seconds"), info.backend, info.backend_build,
            info.device, info.load_s, info.peak_memory_bytes + context.memory_bytes,
            self._settings, context.flash_attention, wish.repetitions, wish.seed, tests,
            Chatted(tuple(self.turns), context.threads) if self.turns else None,
            self.bare_reason, self.chat_reason,
        )  # fmt: skip


def unmeasured(wish: Wish, subject: Subject, problem: str) -> Benchmark:
    """Of a model that has no reading: it could not be loaded, or the turn never came to it."""
    return Benchmark(
        _measured(subject.entry), datetime.now().astimezone().isoformat(timespec="seconds"),
        "", "", "", 0.0, 0, wish.settings_of(subject), False, wish.repetitions, wish.seed,
        is_partial=True, problem=problem,
    )  # fmt: skip


def _measured(entry: ModelEntry) -> Measured:
    return Measured(
        entry.name, str(entry.path) if entry.is_local else entry.model, entry.format,
        entry.quantization, size_bytes=entry.size_bytes, fingerprint=entry.fingerprint,
        sha256=entry.sha256,
    )  # fmt: skip


def round_of(order: Sequence[T], number: int) -> tuple[T, ...]:
    """All take turns, and who goes first changes every round."""
    at = number % len(order) if order else 0
    return (*order[at:], *order[:at])
