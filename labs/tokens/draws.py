"""Tokens drawn again and again from one distribution: how often each came, and how often it would
be expected to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from labs.tokens.sampling import Distribution, Floats, entropy_bits, shape
from models.engine.messages import Sampling

TEMPERATURES = (0.0, 0.1, 0.5, 1.0, 2.0)
USUAL_DRAWS = 20
MOST_DRAWS = 10_000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Drawn:
    """One token that came `count` times of n, where `expected` = n·p were expected. Counts from
    `low` to `high` are what 95 % of such trials would give (the binomial distribution)."""

    place: int
    token_id: int
    count: int
    expected: float
    low: int
    high: int


@dataclass(frozen=True)
class SweepPoint:
    """One temperature, with the other settings as they are. `n_distinct` of `n_drawn` tokens were
    different ones; `expected_distinct` = Σ 1 − (1 − p)ⁿ."""

    temperature: float
    entropy_bits: float
    n_candidates: int
    top_share: float
    n_drawn: int
    n_distinct: int
    expected_distinct: float


def draw(distribution: Distribution, sampling: Sampling, n: int, seed: int) -> tuple[Drawn, ...]:
    """The tokens that came, the most frequent first. The same seed draws the same again."""
    shares = shape(distribution, sampling).mixed
    counts = _counts(shares, n, seed)
    places = sorted(np.flatnonzero(counts).tolist(), key=lambda place: (-counts[place], place))
    low, high = _ranges(n, shares[places])
    return tuple(
        Drawn(place, int(distribution.ids[place]), int(counts[place]), n * float(shares[place]),
              int(low[number]), int(high[number]))
        for number, place in enumerate(places)
    )  # fmt: skip


def sweep(
    distribution: Distribution,
    sampling: Sampling,
    n: int,
    seed: int,
    temperatures: Sequence[float] = TEMPERATURES,
) -> tuple[SweepPoint, ...]:
    return tuple(
        _point(distribution, replace(sampling, temperature=temperature), n, seed + number)
        for number, temperature in enumerate(temperatures)
    )


def _point(distribution: Distribution, sampling: Sampling, n: int, seed: int) -> SweepPoint:
    shares = shape(distribution, sampling).mixed
    counts = _counts(shares, n, seed)
    return SweepPoint(
        sampling.temperature, entropy_bits(shares), int(np.count_nonzero(shares)),
        float(shares.max()), n, int(np.count_nonzero(counts)),
        float((-np.expm1(n * np.log1p(-np.minimum(shares, 1 - 1e-15)))).sum()),
    )  # fmt: skip


def _counts(shares: Floats, n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).multinomial(n, shares / shares.sum())


def _ranges(n: int, shares: Floats) -> tuple[np.ndarray, np.ndarray]:
    """Of all at once: one by one they would take seconds for thousands."""
    from scipy.stats import binom  # takes a second to load

    return binom.ppf((1 - CONFIDENCE) / 2, n, shares), binom.ppf((1 + CONFIDENCE) / 2, n, shares)
