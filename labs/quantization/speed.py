"""How fast a model reads and writes on this machine, with how far single readings spread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, median, stdev

from labs.quantization.ending import named
from models.cancel import CancelToken
from models.engine.messages import Generate, Part, Sampling
from models.engine.pool import PooledEngine
from models.errors import Cancelled, UserError
from models.long_work import result_of

REPETITIONS, NEW_TOKENS, PROMPT_TOKENS = 5, 24, 64
LONGEST_S = 30.0  # a model that writes a token a second gets fewer repetitions


@dataclass(frozen=True)
class Spread:
    """Of `n` readings: mean, median and sample standard deviation (None for one)."""

    mean: float
    median: float
    sd: float | None
    n: int


def spread_of(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    return Spread(mean(values), median(values), stdev(values) if len(values) > 1 else None,
                  len(values))  # fmt: skip


@dataclass
class Readings:
    """Tokens a second, and seconds to the first token of one model, in the order measured."""

    label: str
    read: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)
    first_token_s: list[float] = field(default_factory=list)

    @property
    def read_speed(self) -> Spread | None:
        """The first window warms caches up and counts only where there is no other."""
        return spread_of(self.read[1:] or self.read)


def write(
    engines: Sequence[PooledEngine], readings: Sequence[Readings], ids: Sequence[int],
    cancel: CancelToken,
) -> str:  # fmt: skip
    """Greedy replies to the same beginning, the models in turns, so that what slows the machine
    for a while slows all. A model that fails takes no further turn: what each said that did, with
    its name, "" where none did. Raises Cancelled; readings so far stay."""
    spent = [0.0] * len(engines)
    problems: dict[int, str] = {}
    for _ in range(REPETITIONS):
        for at, engine in enumerate(engines):
            if at not in problems and spent[at] < LONGEST_S:
                started = time.monotonic()
                try:
                    _once(engine, readings[at], ids, cancel)
                except UserError as error:  # an engine that died as well
                    problems[at] = error.message
                spent[at] += time.monotonic() - started
    return " ".join(problems.values())


def _once(
    engine: PooledEngine, readings: Readings, ids: Sequence[int], cancel: CancelToken
) -> None:
    prompt = (Part(token_ids=tuple(ids[:PROMPT_TOKENS])),)
    greedy = Sampling(temperature=0)
    request = Generate("", prompt, greedy, max_tokens=NEW_TOKENS, reuse_cache=False)
    with named(readings.label):
        done = result_of(engine.generate(request, cancel))
    if cancel.is_cancelled:
        raise Cancelled
    if done.tokens_per_second is not None:
        readings.written.append(done.tokens_per_second)
    if done.time_to_first_token_s is not None:
        readings.first_token_s.append(done.time_to_first_token_s)
