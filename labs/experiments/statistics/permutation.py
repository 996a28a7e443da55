"""What chance alone does when the names of the formats may be exchanged within an item.

Groups of items (minimal pairs, a shared source) are exchanged as one, since their answers hang
together. Exact whatever the items are: it asks only that the formats are alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from labs.experiments.statistics.clusters import Clusters, Floats, codes, sums
from labs.experiments.statistics.estimate import NotDefined

# Enough random numbers for one block to stay below about 8 MB.
BLOCK = 1_000_000


def whole_items(table: ArrayLike, clusters: Clusters | None) -> tuple[Floats, Clusters | None, int]:
    """The rows of (items, formats) with a value, not nan, in every format; their groups; and how
    many rows were dropped."""
    numbers = _table(table)
    keep = np.asarray(~np.isnan(numbers).any(axis=1))
    kept = None if clusters is None else [c for c, k in zip(clusters, keep, strict=True) if k]
    return numbers[keep], kept, int(np.sum(~keep))


def missing(table: ArrayLike) -> NotDefined | None:
    """Why a table (items, formats) cannot be compared; None when it can."""
    items, formats = _table(table).shape
    if formats < 2:
        return NotDefined("There is one format only, so there is nothing to compare.")
    if items == 0:
        return NotDefined("No item was answered in every format, so nothing can be compared.")
    return None


def group_totals(table: ArrayLike, clusters: Clusters | None) -> Floats:
    """Add up the items of each group: (groups, formats); every item alone when there are none."""
    numbers = _table(table)
    return numbers if clusters is None else sums(numbers, clusters)


def permuted_totals(totals: Floats, *, permutations: int, seed: int) -> Floats:
    """Column totals (permutations, formats) after shuffling each row of `totals` by itself."""
    rng = np.random.default_rng(seed)
    block = max(1, BLOCK // totals.size)
    parts = []
    for start in range(0, permutations, block):
        count = min(block, permutations - start)
        order = rng.random((count, *totals.shape)).argsort(axis=2)
        shuffled = np.take_along_axis(np.broadcast_to(totals, order.shape), order, axis=2)
        parts.append(shuffled.sum(axis=1))
    return np.concatenate(parts)


def share_at_least(null: Floats, observed: float) -> float:
    """The p-value (1 + #{null ≥ observed}) / (R + 1) (Phipson and Smyth 2010)."""
    tolerance = 1e-9 * max(1.0, abs(observed))
    return float((1 + np.sum(null >= observed - tolerance)) / (len(null) + 1))


def sign_flip_p(
    differences: Floats, clusters: Clusters | None, *, permutations: int, seed: int
) -> float:
    """Two-sided p of a sum of paired differences when each group's sign may be turned.

    All 2^C turns are tried up to C = 14 groups, random ones beyond.
    """
    totals = differences if clusters is None else sums(differences, clusters)
    totals = totals[totals != 0]
    observed = abs(float(totals.sum()))
    if len(totals) <= 14:
        turns = np.arange(2 ** len(totals))[:, None] >> np.arange(len(totals)) & 1
        return float(np.mean(np.abs((1 - 2 * turns) @ totals) >= observed - 1e-9))
    rng = np.random.default_rng(seed)
    signs = rng.choice((-1.0, 1.0), size=(permutations, len(totals)))
    return share_at_least(np.abs(signs @ totals), observed)


def resampled_means(
    table: ArrayLike, clusters: Clusters | None, *, resamples: int, seed: int
) -> Floats:
    """Means of each column (resamples, formats) when groups of items are drawn again."""
    numbers = _table(table)
    groups = np.arange(len(numbers)) if clusters is None else codes(clusters)
    totals, sizes = sums(numbers, list(groups)), np.bincount(groups)
    draws = np.random.default_rng(seed).multinomial(
        len(totals), np.full(len(totals), 1 / len(totals)), size=resamples
    )
    return np.asarray((draws @ totals) / (draws @ sizes)[:, None])


def _table(table: ArrayLike) -> Floats:
    numbers = np.asarray(table, dtype=float)
    if numbers.ndim != 2:
        raise ValueError(f"a table has items as rows and formats as columns, not {numbers.shape}")
    return numbers
