"""How far a share moves between formats, beside how far chance alone would move it.

A maximum minus a minimum is biased upwards and its bootstrap covers a true 0 in no run: it gets
no interval, but the range that formats without any effect would show on these items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labs.experiments.statistics.clusters import Clusters, Floats, proportion
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.permutation import (
    group_totals,
    missing,
    permuted_totals,
    resampled_means,
    share_at_least,
    whole_items,
)
from labs.experiments.statistics.wording import SCOPE, chance_sentence, percentage_points


@dataclass(frozen=True)
class Spread:
    """The observed maximum minus minimum and what formats without effect would show.

    All shares from 0 to 1. `excess` is observed minus expected by chance, or 0 where that is
    negative; `p` is (1 + #{permuted ≥ observed})/(R + 1). `n_dropped` items missed a format.
    """

    observed: float
    expected_by_chance: float
    chance_95: float
    p: float
    excess: float
    n_items: int
    n_dropped: int
    n_formats: int
    method: str
    sentence: str


@dataclass(frozen=True)
class WorstFormat:
    """The format with the lowest share, and how often it stays lowest in redrawn items."""

    names: tuple[str, ...]
    share: Estimate | NotDefined
    stays_lowest: float
    sentence: str


def spread(
    table: ArrayLike,
    clusters: Clusters | None = None,
    *,
    seed: int,
    permutations: int = 2000,
    what: str = "accuracy",
) -> Spread | NotDefined:
    """The spread of a share over formats, with its range expected by chance.

    `table` is (items, formats) of 0 and 1, nan where nothing was observed; items that miss a
    format are dropped and counted. `what` names the share: accuracy, the YES rate.
    """
    whole, kept_clusters, dropped = whole_items(table, clusters)
    reason = missing(whole)
    if reason is not None:
        return reason
    totals, n_items = group_totals(whole, kept_clusters), len(whole)
    observed = float(np.ptp(totals.sum(axis=0)))
    null = np.ptp(permuted_totals(totals, permutations=permutations, seed=seed), axis=1)
    p = share_at_least(null, observed)
    return Spread(
        observed=observed / n_items,
        expected_by_chance=float(null.mean()) / n_items,
        chance_95=float(np.quantile(null, 0.95, method="higher")) / n_items,
        p=p,
        excess=max(0.0, observed - float(null.mean())) / n_items,
        n_items=n_items,
        n_dropped=dropped,
        n_formats=whole.shape[1],
        method=f"within-item permutation, {permutations} draws, seed {seed}",
        sentence=_spread_sentence(what, observed / n_items, null / n_items, p),
    )


def _spread_sentence(what: str, observed: float, null: Floats, p: float) -> str:
    expected, upper = float(null.mean()), float(np.quantile(null, 0.95, method="higher"))
    excess = observed - expected
    beyond = f"{percentage_points(excess)} remain" if excess > 0 else "none is visible"
    return (
        f"Between formats {what} moves by {percentage_points(observed)}. Formats without any "
        f"effect would move it by {percentage_points(expected)} on average, and by up to "
        f"{percentage_points(upper)} in 95 of 100 runs; beyond the average, {beyond}. "
        + chance_sentence(p, "the format made no difference", "a movement")
    )


def worst_format(
    table: ArrayLike,
    names: Sequence[str],
    clusters: Clusters | None = None,
    *,
    seed: int,
    resamples: int = 2000,
) -> WorstFormat | NotDefined:
    """The format observed lowest; `stays_lowest` is its share of redrawn item sets (ties shared).

    The interval is that of a format named in advance: the one picked for being lowest is, on
    average, a little better than it looks here.
    """
    whole, kept_clusters, _ = whole_items(table, clusters)
    reason = missing(whole)
    if reason is not None:
        return reason
    totals = whole.sum(axis=0)
    lowest = np.flatnonzero(totals == totals.min()).tolist()
    means = resampled_means(whole, kept_clusters, resamples=resamples, seed=seed)
    is_lowest = np.isclose(means, means.min(axis=1, keepdims=True), rtol=0, atol=1e-12)
    stays = float((is_lowest / is_lowest.sum(axis=1, keepdims=True)).mean(axis=0)[lowest].sum())
    share = proportion(whole[:, lowest[0]], kept_clusters)
    worst = tuple(names[column] for column in lowest)
    return WorstFormat(worst, share, stays, _worst_sentence(worst, stays))


def _worst_sentence(worst: tuple[str, ...], stays: float) -> str:
    it = "it stays" if len(worst) == 1 else "one of them stays"
    return (
        f"Lowest observed: {' and '.join(worst)}. With items drawn again, {it} lowest in "
        f"{100 * stays:.0f} of 100 draws. {SCOPE}"
    )
