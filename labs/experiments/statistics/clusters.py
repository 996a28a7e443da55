"""Items that come in groups: intervals that count groups, not items.

Variance of a mean with groups c (Liang and Zeger 1986, with the usual small-sample factor):
C/(C − 1) · Σ_c (Σ_{i in c} (x_i − x̄))² / N², and Student's t with C − 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.paired import tango_bounds
from labs.experiments.statistics.proportions import wilson, wilson_bounds
from labs.experiments.statistics.wording import interval_sentence, percent, points

Floats = NDArray[np.float64]
Clusters = Sequence[Hashable]

FEWEST_FOR_BOOTSTRAP = 20
MOST_LOST_RESAMPLES = 0.05

NO_ITEMS = NotDefined("Nothing was counted, so there is no value.")
ONE_GROUP = NotDefined(
    "All items belong to one group, so nothing shows how far other groups would differ."
)


def codes(clusters: Clusters) -> NDArray[np.intp]:
    """Number the groups 0 … C − 1 in order of first appearance, one number an item."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(name, len(seen)) for name in clusters], dtype=np.intp)


def all_distinct(clusters: Clusters | None) -> bool:
    """Is every item a group of its own?"""
    return clusters is None or len(set(clusters)) == len(clusters)


def sums(values: Floats, clusters: Clusters) -> Floats:
    """Add up values (items, …) within each group: (groups, …)."""
    groups = codes(clusters)
    totals = np.zeros((int(groups.max()) + 1, *values.shape[1:]))
    np.add.at(totals, groups, values)
    return totals


def clustered_variance(values: Floats, clusters: Clusters) -> float:
    """The variance of the mean of `values` (items,) when only groups are independent."""
    totals = sums(values - values.mean(), clusters)
    count = len(totals)
    return float(count / (count - 1) * np.sum(totals**2) / len(values) ** 2)


def t_quantile(clusters: int, confidence: float) -> float:
    """The two-sided quantile of Student's t with C − 1 degrees of freedom."""
    return float(stdtrit(clusters - 1, (1 + confidence) / 2))


def clustered_mean(
    values: ArrayLike, clusters: Clusters, *, confidence: float = 0.95
) -> Estimate | NotDefined:
    """The mean of any per-item numbers with an interval that counts groups."""
    numbers = np.asarray(values, dtype=float)
    if numbers.size == 0:
        return NO_ITEMS
    count = len(set(clusters))
    if count < 2:
        return ONE_GROUP
    half = t_quantile(count, confidence) * clustered_variance(numbers, clusters) ** 0.5
    mean = float(numbers.mean())
    if half == 0:
        return NotDefined(
            f"Every group of items gave the same value, {mean:.3g}, so nothing shows how far "
            "other groups would differ."
        )
    sentence = interval_sentence(
        "the true mean", f"{mean - half:.3g}", f"{mean + half:.3g}", confidence
    )
    return Estimate(mean, mean - half, mean + half, count, _method("Student's t", count), sentence)


def proportion(
    outcomes: ArrayLike,
    clusters: Clusters | None = None,
    *,
    confidence: float = 0.95,
    what: str = "the true share",
) -> Estimate | NotDefined:
    """The mean of 0 and 1, or of a share for each item, with groups where there are any.

    Groups: Wilson's interval on the effective number of items n/deff, with Student's t in place of
    z (compared by Franco and others 2019, Journal of Survey Statistics and Methodology 7:334);
    deff ≥ 1 keeps an interval from being narrower than that of independent items.
    """
    hits = np.asarray(outcomes, dtype=float)
    if (clusters is None or all_distinct(clusters)) and np.all((hits == 0) | (hits == 1)):
        return wilson(int(hits.sum()), len(hits), confidence=confidence, what=what)
    groups: Clusters = range(len(hits)) if clusters is None else clusters
    count = len(set(groups))
    if count < 2:
        return ONE_GROUP
    share = float(hits.mean())
    items = effective_items(hits, share * (1 - share), groups)
    low, high = wilson_bounds(share, items, t_quantile(count, confidence))
    sentence = interval_sentence(what, percent(low), percent(high), confidence)
    return Estimate(share, low, high, count, _method("Wilson interval", count), sentence)


def paired_difference(
    first: ArrayLike, second: ArrayLike, clusters: Clusters, *, confidence: float = 0.95
) -> Estimate | NotDefined:
    """First minus second share of the same grouped items: Tango's interval, effective items."""
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.size == 0:
        return NO_ITEMS
    count = len(set(clusters))
    if count < 2:
        return ONE_GROUP
    differences = one - other
    items = effective_items(differences, float(differences.var()), clusters)
    scale = items / len(differences)
    gained, lost = np.sum(differences > 0) * scale, np.sum(differences < 0) * scale
    low, high = tango_bounds(gained, lost, items, t_quantile(count, confidence))
    sentence = interval_sentence("the true difference", points(low), points(high), confidence)
    method = _method("Tango score interval", count)
    return Estimate(float(differences.mean()), low, high, count, method, sentence)


def effective_items(values: Floats, variance: float, clusters: Clusters) -> float:
    """How many independent items are worth as much as these; never more than there are.

    Where no value differs there is no variance to compare, and each group counts as one item.
    """
    if variance == 0:
        return float(len(set(clusters)))
    inflation = clustered_variance(values, clusters) / (variance / len(values))
    return len(values) / max(inflation, 1.0)


def cluster_bootstrap(
    statistic: Callable[[NDArray[np.intp]], float],
    clusters: Clusters,
    *,
    seed: int,
    resamples: int = 2000,
    confidence: float = 0.95,
    what: str = "the true value",
) -> Estimate | NotDefined:
    """Percentile interval of any statistic of items, groups drawn with replacement.

    `statistic` gets the positions of the drawn items and gives a number, or nan where a draw has
    no value. Never for a maximum or minimum: their bootstrap is biased.
    """
    groups = codes(clusters)
    count = len(set(clusters))
    if count < FEWEST_FOR_BOOTSTRAP:
        return NotDefined(
            f"There are {count} groups of items; drawing them again and again needs at least "
            f"{FEWEST_FOR_BOOTSTRAP}."
        )
    members = [np.flatnonzero(groups == group) for group in range(count)]
    draws = np.random.default_rng(seed).integers(count, size=(resamples, count))
    values = np.array([statistic(np.concatenate([members[g] for g in draw])) for draw in draws])
    kept = values[np.isfinite(values)]
    observed = statistic(np.arange(len(groups)))
    if len(kept) < (1 - MOST_LOST_RESAMPLES) * resamples or not np.isfinite(observed):
        return NotDefined("The value does not exist in too many redrawn sets of items.")
    tail = (1 - confidence) / 2
    low, high = (float(bound) for bound in np.quantile(kept, [tail, 1 - tail]))
    sentence = interval_sentence(what, f"{low:.3g}", f"{high:.3g}", confidence)
    method = f"cluster bootstrap, {resamples} draws, seed {seed}"
    return Estimate(float(observed), low, high, count, method, sentence)


def _method(name: str, count: int) -> str:
    return f"{name}, clustered by {count} groups of items"
