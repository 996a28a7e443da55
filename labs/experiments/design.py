"""What a run will ask, before it asks: trials with their truth, and the one primary outcome."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

Lane = str  # "free", "forced" or "likelihood"
LANES: tuple[Lane, ...] = ("free", "forced", "likelihood")
LANE_TITLES: Mapping[Lane, str] = {
    "free": "free answer",
    "forced": "forced choice",
    "likelihood": "lean",
}
FREE_TOKENS = 32  # the longest free answer, without a thought
THOUGHT_TOKENS = 512  # where a model thinks and cannot be told not to


@dataclass(frozen=True)
class Trial:
    """One prompt and what is right. `labels` gives the word of each class in this arm; without
    labels there is only a free answer, read by the experiment's own scorer. `oracle` reaches
    simulated subjects only; `numbers` are kept for the analysis."""

    item: str
    cluster: str
    factors: Mapping[str, str]
    truth: str
    user: str
    system: str = ""
    repeat: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    oracle: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """Names the trial within the run of one model."""
        return json.dumps([self.item, dict(sorted(self.factors.items())), self.repeat])

    @property
    def temperature(self) -> float:
        """At which its answer is drawn: the level of a factor of this name. 0 takes the likeliest
        token at every step."""
        return float(self.factors.get("temperature", 0))

    def seed(self, run_seed: int) -> int:
        """A hash of run seed and trial: it depends on neither order nor batch."""
        digest = hashlib.sha256(f"{run_seed}:{self.key}".encode()).digest()
        return int.from_bytes(digest[:4])


@dataclass(frozen=True)
class Level:
    """One level of a factor, with its words for the screen."""

    id: str
    title: str


@dataclass(frozen=True)
class Factor:
    """What is varied. The first level is the baseline."""

    id: str
    title: str
    levels: tuple[Level, ...]

    def title_of(self, level: str) -> str:
        return next((each.title for each in self.levels if each.id == level), level)

    def position(self, level: str) -> int:
        return [each.id for each in self.levels].index(level)


@dataclass(frozen=True)
class PrimaryOutcome:
    """The one number that gets a verdict, chosen before the run."""

    lane: Lane
    metric: str
    contrast: str
    sentence: str


@dataclass(frozen=True)
class Design:
    """`trials` stand in the order in which they run: items in random order, all conditions of
    an item together. `acting` is the class that counts as yes."""

    classes: tuple[str, ...]
    factors: tuple[Factor, ...]
    trials: tuple[Trial, ...]
    primary: PrimaryOutcome
    lanes: tuple[Lane, ...] = LANES
    acting: str = ""
    free_tokens: int = FREE_TOKENS
    set_id: str = ""
    set_version: int = 0
    set_hash: str = ""
    set_title: str = ""
    derivations: Mapping[str, str] = field(default_factory=dict)  # item to why its truth is right

    @property
    def items(self) -> tuple[str, ...]:
        """In running order."""
        return tuple(dict.fromkeys(trial.item for trial in self.trials))

    def of(self, items: Collection[str]) -> Design:
        """The part of the design that asks these items."""
        return replace(self, trials=tuple(t for t in self.trials if t.item in items))

    @cached_property
    def hash(self) -> str:
        """SHA-256 over all trials: what would be asked, scored and in which order."""
        names = [each.name for each in fields(Trial)]
        trials = [{name: getattr(trial, name) for name in names} for trial in self.trials]
        return hashlib.sha256(json.dumps(trials, sort_keys=True).encode()).hexdigest()

    def factor(self, factor_id: str) -> Factor:
        return next(each for each in self.factors if each.id == factor_id)


def in_random_order(trials: Iterable[Trial], seed: int) -> tuple[Trial, ...]:
    """Shuffle the items, and the conditions within each: heat and habit then favour none."""
    rng = random.Random(f"order {seed}")
    by_item: dict[str, list[Trial]] = {}
    for trial in trials:
        by_item.setdefault(trial.item, []).append(trial)
    items = list(by_item)
    rng.shuffle(items)
    for item in items:
        rng.shuffle(by_item[item])
    return tuple(trial for item in items for trial in by_item[item])


def tell_oracle(trials: Sequence[Trial], factors: Sequence[Factor]) -> tuple[Trial, ...]:
    """Give each trial the truth that simulated subjects may know: truth, words, levels."""
    return tuple(
        replace(trial, oracle={
            "truth": trial.truth,
            "labels": dict(trial.labels),
            "factors": dict(trial.factors),
            "positions": {f.id: f.position(trial.factors[f.id]) for f in factors},
            "numbers": dict(trial.numbers),
            **trial.oracle,
        })
        for trial in trials
    )  # fmt: skip
