"""What a calculation hands back: an estimate, a test, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A number with the interval around it.

    `n` counts what the number rests on (items, pairs, groups: the method says which);
    `sentence` says in plain words what the interval means.
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    sentence: str


@dataclass(frozen=True)
class HypothesisTest:
    """How well chance alone explains what was seen; `p` is two-sided."""

    statistic: float
    p: float
    n: int
    method: str
    sentence: str


@dataclass(frozen=True)
class NotDefined:
    """A number that cannot be had; `reason` is a sentence for the reader."""

    reason: str
