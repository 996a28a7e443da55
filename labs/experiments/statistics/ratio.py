"""The ratio of two totals over the same items, with its interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from labs.experiments.statistics.clusters import FEWEST_FOR_BOOTSTRAP, NO_ITEMS
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.wording import interval_sentence


def ratio_of_totals(
    above: ArrayLike,
    below: ArrayLike,
    *,
    seed: int,
    resamples: int = 2000,
    confidence: float = 0.95,
    what: str = "the true ratio",
) -> Estimate | NotDefined:
    """Σ above ÷ Σ below, and the percentile interval over items drawn again in pairs.

    The draws of `cluster_bootstrap` with each item a group of its own, all at once: a table of
    languages needs a hundred of these whenever another one is the reference.
    """
    over, under = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    if not over.size or not under.sum():
        return NO_ITEMS
    count = len(over)
    if count < FEWEST_FOR_BOOTSTRAP:
        return NotDefined(
            f"There are {count} items; drawing them again and again needs at least "
            f"{FEWEST_FOR_BOOTSTRAP}."
        )
    draws = np.random.default_rng(seed).integers(count, size=(resamples, count))
    totals = under[draws].sum(axis=1)
    kept = totals > 0
    values = over[draws].sum(axis=1)[kept] / totals[kept]
    tail = (1 - confidence) / 2
    low, high = (float(bound) for bound in np.quantile(values, [tail, 1 - tail]))
    sentence = interval_sentence(what, f"{low:.3g}", f"{high:.3g}", confidence)
    method = f"ratio of totals, paired bootstrap, {resamples} draws, seed {seed}"
    return Estimate(float(over.sum() / under.sum()), low, high, count, method, sentence)
