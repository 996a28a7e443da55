"""What a benchmark has found, with all that its numbers depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, median, quantiles, stdev
from typing import Literal

from models.engine.messages import LoadSettings
from models.hardware.machine import Machine

SCHEMA_VERSION = 1
Kind = Literal["read", "write"]
# Other programs on more than this much of a core, or of all cores, slow a repetition down.
BUSY_CORES, BUSY_SHARE = 0.25, 0.05


@dataclass(frozen=True)
class Spread:
    """Of `n` values: mean and sample standard deviation (None for one), median, and the quartiles
    between which the middle half lies."""

    mean: float
    sd: float | None
    median: float
    low: float
    high: float
    n: int


def spread_of(values: Sequence[float]) -> Spread | None:
    """None of nothing."""
    if not values:
        return None
    if len(values) == 1:
        return Spread(values[0], None, values[0], values[0], values[0], 1)
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Spread(mean(values), stdev(values), middle, low, high, len(values))


@dataclass(frozen=True)
class Repetition:
    """`others_cores`: how many cores other programs kept busy meanwhile, None if unknown. Those
    that count as `is_busy` are marked and stay in the figures."""

    tokens_per_s: float
    others_cores: float | None = None
    is_busy: bool = False


def is_busy(others_cores: float | None, cores: int) -> bool:
    return others_cores is not None and others_cores > max(BUSY_CORES, BUSY_SHARE * cores)


@dataclass(frozen=True)
class Test:
    """One thing measured with one setting: `n_tokens` read in batches or written one by one, at a
    depth of so many tokens. `threads` 0: as the library chooses."""

    __test__ = False  # no class of tests

    kind: Kind
    n_tokens: int
    depth: int
    threads: int
    gpu_layers: int
    repetitions: tuple[Repetition, ...] = ()

    @property
    def name(self) -> str:
        """As llama-bench calls it: "pp512", "tg128 @ d4096"."""
        short = "pp" if self.kind == "read" else "tg"
        return f"{short}{self.n_tokens}" + (f" @ d{self.depth}" if self.depth else "")

    @property
    def spread(self) -> Spread | None:
        return spread_of([each.tokens_per_s for each in self.repetitions])

    @property
    def n_busy(self) -> int:
        return sum(each.is_busy for each in self.repetitions)


@dataclass(frozen=True)
class ChattedTurn:
    """One question and its reply, the ordinary way. `is_warm`: the prompt began as the one before,
    and what was read of it then was used again."""

    is_warm: bool
    prompt_tokens: int
    cached_tokens: int
    reply_tokens: int
    first_token_s: float | None
    tokens_per_s: float | None


@dataclass(frozen=True)
class Chatted:
    """Speeds through template, tokenizer, sampling and streaming. `depth` is about how full the
    cache was while it wrote, in tokens."""

    turns: tuple[ChattedTurn, ...] = ()
    threads: int = 0

    @property
    def first_token_cold_s(self) -> Spread | None:
        return spread_of([t.first_token_s for t in self.turns if t.first_token_s and not t.is_warm])

    @property
    def first_token_warm_s(self) -> Spread | None:
        return spread_of([t.first_token_s for t in self.turns if t.first_token_s and t.is_warm])

    @property
    def write_speed(self) -> Spread | None:
        return spread_of([t.tokens_per_s for t in self.turns if t.tokens_per_s])

    @property
    def has_readings(self) -> bool:
        """Of empty replies there is none."""
        return any(turn.first_token_s or turn.tokens_per_s for turn in self.turns)

    @property
    def depth(self) -> int:
        middles = [t.prompt_tokens + t.reply_tokens // 2 for t in self.turns if t.tokens_per_s]
        return round(median(middles)) if middles else 0


@dataclass(frozen=True)
class Measured:
    """Which weights were measured. `sha256` is "" until the file was read whole."""

    name: str
    path: str
    format: str
    quantization: str = ""
    architecture: str = ""
    size_bytes: int = 0
    n_params: int = 0
    fingerprint: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Benchmark:
    """One model. `bare_reason` and `chatted_reason` say why that part is missing; `problem` why it
    ended early, or never began; `is_partial` then, or where it was stopped. `telemetry` sums up
    what the machine did meanwhile. Times as ISO 8601."""

    model: Measured
    started_at: str
    backend: str
    backend_build: str
    device: str
    load_s: float
    memory_bytes: int
    settings: LoadSettings
    flash_attention: bool
    repetitions_asked: int
    seed: int
    tests: tuple[Test, ...] = ()
    chatted: Chatted | None = None
    bare_reason: str = ""
    chatted_reason: str = ""
    is_partial: bool = False
    problem: str = ""
    took_s: float = 0.0
    machine: Machine | None = None
    app_version: str = ""
    telemetry: dict | None = None  # as labs.telemetry.summary has it
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def n_done(self) -> int:
        return sum(len(test.repetitions) for test in self.tests)

    @property
    def has_readings(self) -> bool:
        return self.n_done > 0 or (self.chatted is not None and self.chatted.has_readings)

    def best(self, kind: Kind) -> Test | None:
        """The fastest setting by its median."""
        found = [test for test in self.tests if test.kind == kind and test.spread]
        return max(found, key=lambda test: test.spread.median if test.spread else 0, default=None)
