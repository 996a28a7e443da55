"""AUROC of the lean: how often a yes-item leans further to yes than a no-item.

A bias that moves every lean alike leaves it as it is, so it can tell ability where accuracy
cannot.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import rankdata

from labs.experiments.statistics.clusters import (
    ONE_GROUP,
    Clusters,
    Floats,
    all_distinct,
    sums,
    t_quantile,
)
from labs.experiments.statistics.detection import ONE_CLASS
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import normal_quantile
from labs.experiments.statistics.wording import interval_sentence, percent


def auroc(
    leans: ArrayLike,
    truth: ArrayLike,
    clusters: Clusters | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate | NotDefined:
    """AUROC of `leans` (log-odds of yes) for `truth` (true where yes is right), ties as halves.

    The variance is DeLong's (1988): exact in form, no seed, no resampling, and it has a version
    for grouped items (Obuchowski 1997). The interval is made on the log-odds of the AUROC, which
    keeps it inside 0 to 1. At a perfect ranking DeLong's variance is 0; there, Newcombe's score
    interval (2006, method 5) is used.
    """
    scores, is_yes = np.asarray(leans, dtype=float), np.asarray(truth, dtype=bool)
    if is_yes.all() or not is_yes.any():
        return ONE_CLASS
    if clusters is not None and len(set(clusters)) < 2:
        return ONE_GROUP
    area, of_yes, of_no = placements(scores, is_yes)
    grouped = None if clusters is None or all_distinct(clusters) else clusters
    if grouped is None:
        variance, z, count = _delong(of_yes, of_no), normal_quantile(confidence), len(scores)
    else:
        count = len(set(grouped))
        variance = _obuchowski(area, of_yes, of_no, is_yes, grouped)
        z = t_quantile(count, confidence)
    return _estimate(area, variance, z, count, (len(of_yes), len(of_no)), grouped, confidence)


def _estimate(
    area: float,
    variance: float,
    z: float,
    count: int,
    sizes: tuple[int, int],
    grouped: Clusters | None,
    confidence: float,
) -> Estimate:
    if variance > 0 and 0 < area < 1:
        low, high = logit_bounds(area, variance, z)
        method = "DeLong" if grouped is None else "DeLong, clustered (Obuchowski)"
    else:
        # With groups, each counts as one item: the safe side.
        scale = 1.0 if grouped is None else count / sum(sizes)
        low, high = newcombe_area_bounds(area, sizes[0] * scale, sizes[1] * scale, z)
        method = "Newcombe score interval"
    sentence = interval_sentence("the true AUROC", percent(low), percent(high), confidence)
    return Estimate(area, low, high, count, method, sentence)


def placements(scores: Floats, is_yes: np.ndarray) -> tuple[float, Floats, Floats]:
    """The area, and the structural components of each yes-item and each no-item, from midranks
    (Sun and Xu 2014)."""
    yes, no = scores[is_yes], scores[~is_yes]
    ranks = rankdata(np.concatenate([yes, no]))
    of_yes = (ranks[: len(yes)] - rankdata(yes)) / len(no)
    of_no = 1 - (ranks[len(yes) :] - rankdata(no)) / len(yes)
    return float(of_yes.mean()), of_yes, of_no


def _delong(of_yes: Floats, of_no: Floats) -> float:
    """S10/m + S01/n; a class with a single item adds nothing it could be judged by."""
    if len(of_yes) < 2 or len(of_no) < 2:
        return 0.0
    return float(of_yes.var(ddof=1) / len(of_yes) + of_no.var(ddof=1) / len(of_no))


def _obuchowski(
    area: float, of_yes: Floats, of_no: Floats, is_yes: np.ndarray, clusters: Clusters
) -> float:
    """C/(C − 1) · Σ_c (what group c adds to the area)²: both classes of a group together."""
    influence = np.empty(len(is_yes))
    influence[is_yes] = (of_yes - area) / len(of_yes)
    influence[~is_yes] = (of_no - area) / len(of_no)
    totals = sums(influence, clusters)
    return float(len(totals) / (len(totals) - 1) * np.sum(totals**2))


def logit_bounds(area: float, variance: float, z: float) -> tuple[float, float]:
    """Interval of the area made on its log-odds (Pepe 2003, section 5.2)."""
    centre = log(area / (1 - area))
    half = z * sqrt(variance) / (area * (1 - area))
    return 1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre))


def newcombe_area_bounds(area: float, n_yes: float, n_no: float, z: float) -> tuple[float, float]:
    """All areas A with |A − area| ≤ z·√V(A), V after Hanley and McNeil with both sizes replaced
    by their mean in the middle term (Newcombe 2006, Statistics in Medicine 25:559, method 5)."""
    size = (n_yes + n_no) / 2 - 1

    def gap(candidate: float) -> float:
        other = 1 - candidate
        middle = 1 + size * other / (2 - candidate) + size * candidate / (1 + candidate)
        return (candidate - area) ** 2 - z * z * candidate * other * middle / (n_yes * n_no)

    low = 0.0 if area == 0 else float(brentq(gap, 0.0, area - 1e-12))
    high = 1.0 if area == 1 else float(brentq(gap, area + 1e-12, 1.0))
    return low, high
