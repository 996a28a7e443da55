"""The smallest effects that a number of items can show, found before the run."""

from __future__ import annotations

from math import ceil, log2

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import binom, chi2, norm

from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.formats import q_statistics

# How able the items' model is taken to be: logit ability Normal(1, 1.5), accuracy about 0.69.
ABILITY_MEAN, ABILITY_SD = 1.0, 1.5


def fewest_one_way_flips(comparisons: int = 1, *, alpha: float = 0.05) -> int:
    """How many items must change, all in one direction, for Holm's first step to reject.

    The smallest b with 2·(½)^b ≤ α/m (exact McNemar).
    """
    return ceil(log2(2 * comparisons / alpha) - 1e-12)


def mcnemar_power(gain: float, loss: float, n_items: int, *, alpha: float = 0.05) -> float:
    """Exact power of exact McNemar when an item is gained or lost with these probabilities.

    Sums over the number D of changed items, Binomial(n, gain + loss), and its split.
    """
    changed = np.arange(n_items + 1)
    weights = binom.pmf(changed, n_items, gain + loss)
    split = gain / (gain + loss) if gain + loss > 0 else 0.5
    # The largest count on one side that is still rejected, or -1.
    critical = binom.ppf(alpha / 2, changed, 0.5)
    critical = np.where(2 * binom.cdf(critical, changed, 0.5) > alpha, critical - 1, critical)
    lower, upper = binom.cdf(critical, changed, split), binom.cdf(critical, changed, 1 - split)
    return float(np.sum(weights * np.where(critical >= 0, lower + upper, 0.0)))


def smallest_difference(
    n_items: int,
    *,
    disagreement: float = 0.1,
    comparisons: int = 1,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float | NotDefined:
    """The smallest difference of two formats that exact McNemar finds with this power.

    `disagreement` is the share of items that change without any effect, half in each direction;
    Holm's first step over `comparisons` decides.
    """
    noise = disagreement / 2

    def missing_power(difference: float) -> float:
        loss = min(noise, (1 - difference) / 2)
        return mcnemar_power(difference + loss, loss, n_items, alpha=alpha / comparisons) - power

    if missing_power(1.0) < 0:
        items = "1 item" if n_items == 1 else f"{n_items} items"
        many = f" after the correction for {comparisons} comparisons" if comparisons > 1 else ""
        return NotDefined(
            f"With {items} no difference between two formats can be shown{many}: it takes "
            f"{fewest_one_way_flips(comparisons, alpha=alpha)} items that change in one direction."
        )
    return float(brentq(missing_power, 0.0, 1.0, xtol=1e-4))


def smallest_drop(
    n_items: int,
    n_formats: int,
    *,
    seed: int,
    power: float = 0.8,
    alpha: float = 0.05,
    runs: int = 1500,
) -> float | NotDefined:
    """The smallest drop of one format among k that Cochran's Q finds with this power, to 1 point.

    Simulated: item abilities Normal(1, 1.5) on the logit scale, one format lowered by a constant
    so that it loses the drop on average, answers independent given the item.
    """
    rng = np.random.default_rng(seed)
    abilities = rng.normal(ABILITY_MEAN, ABILITY_SD, size=(runs, n_items, 1))
    luck = rng.random((runs, n_items, n_formats))
    critical = float(chi2.isf(alpha, n_formats - 1))

    def found(points: int) -> bool:
        shares = np.repeat(expit(abilities), n_formats, axis=2)
        shares[:, :, 0] = expit(abilities[:, :, 0] - _shift(points / 100))
        return float(np.mean(q_statistics(luck < shares) > critical)) >= power

    low, high = 0, int(100 * _accuracy(0.0)) - 1
    if not found(high):
        return NotDefined(
            f"With {n_items} items not even a format that fails almost everywhere would be found "
            f"in {100 * power:.0f} of 100 runs."
        )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high / 100


def _accuracy(shift: float) -> float:
    """The mean share right when all items are harder by `shift`, over the ability distribution."""
    quantiles = (np.arange(2000) + 0.5) / 2000
    return float(expit(norm.ppf(quantiles) * ABILITY_SD + ABILITY_MEAN - shift).mean())


def _shift(drop: float) -> float:
    return float(brentq(lambda shift: _accuracy(0.0) - _accuracy(shift) - drop, 0.0, 40.0))
