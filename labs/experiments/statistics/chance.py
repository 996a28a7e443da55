"""The spread that formats without any effect would show, before the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from labs.experiments.statistics.clusters import Floats


@dataclass(frozen=True)
class ChanceSpread:
    """The spread of formats without any effect: its mean and 95th percentile, from 0 to 1."""

    mean: float
    percentile_95: float


def chance_spread(n_items: int, n_formats: int, *, share: float = 0.6) -> ChanceSpread:
    """The spread of formats without effect when all items are equally hard, exactly."""
    below = _at_most(n_items, n_formats, share)
    mean = float(np.sum(1 - below[:-1])) / n_items
    return ChanceSpread(mean, int(np.argmax(below >= 0.95 - 1e-12)) / n_items)


def chance_above(limit: float, n_items: int, n_formats: int, *, share: float = 0.6) -> float:
    """How often formats without effect spread by more than `limit`, all items equally hard.

    What a fixed rule such as "more than 30 points" would call an effect, with no effect there.
    """
    within = int(limit * n_items + 1e-9)
    return max(0.0, 1 - float(_at_most(n_items, n_formats, share)[min(within, n_items)]))


def _at_most(n_items: int, n_formats: int, share: float) -> Floats:
    """P(range ≤ r) for r = 0 … n of k counts that are Binomial(n, p).

    Σ_x [F(x + r) − F(x − 1)]^k − [F(x + r) − F(x)]^k: the lowest count is x, none beyond x + r.
    """
    counts = np.arange(n_items + 1)
    top = binom.cdf(counts[:, None] + counts, n_items, share)
    whole = top - binom.cdf(counts - 1, n_items, share)
    without_lowest = np.maximum(top - binom.cdf(counts, n_items, share), 0.0)
    return np.asarray(np.sum(whole**n_formats - without_lowest**n_formats, axis=1))


def chance_spread_varied(
    n_items: int, n_formats: int, *, seed: int, runs: int = 4000, mean: float = 0.6
) -> ChanceSpread:
    """The same when items differ in difficulty, Beta(mean, 1 − mean): it is smaller then.

    Simulated, answers independent given the item. With greedy answers it is smaller still: after
    the run the permutation of `spread` decides, not this.
    """
    spreads = _varied(n_items, n_formats, seed, runs, mean)
    tail = float(np.quantile(spreads, 0.95, method="higher"))
    return ChanceSpread(float(np.mean(spreads)) / n_items, tail / n_items)


def chance_above_varied(
    limit: float, n_items: int, n_formats: int, *, seed: int, runs: int = 4000, mean: float = 0.6
) -> float:
    """`chance_above` when items differ in difficulty as in `chance_spread_varied`."""
    spreads = _varied(n_items, n_formats, seed, runs, mean)
    return float(np.mean(spreads > int(limit * n_items + 1e-9)))


def _varied(n_items: int, n_formats: int, seed: int, runs: int, mean: float) -> Floats:
    """The spreads of `runs` runs, in items."""
    rng = np.random.default_rng(seed)
    return np.array([
        np.ptp(np.sum(rng.random((n_formats, n_items)) < rng.beta(mean, 1 - mean, n_items), axis=1))
        for _ in range(runs)
    ], dtype=float)  # fmt: skip
