"""A share in the crossed design: question × order of the answers × right word, weighed alike.

Unclear answers are not spread evenly: a model may answer in one order and write prose in the
other. Weighing the eight kinds of trial alike keeps the biases apart all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from labs.experiments.statistics.clusters import ONE_GROUP, Floats, sums, t_quantile
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import wilson_bounds
from labs.experiments.statistics.wording import interval_sentence, percent

KINDS = 8
# Three biases are looked for in every run: together they are to err in at most 5 of 100 runs.
OF_THREE = 0.983
NOT_CROSSED = NotDefined(
    "One of the two questions or orders has no clear answer, so biases cannot be told apart."
)


def crossed_share(
    said: Sequence[bool], kinds: Sequence[int], clusters: Sequence[str], *, confidence: float = 0.95
) -> Estimate | NotDefined:
    """The mean over all kinds of the share of `said`; `kinds` number the kind of each answer.

    The interval recovers the variance of each share from its Wilson interval and adds them up
    (MOVER, Zou and Donner 2008, Statistics in Medicine 27:1693), with counts divided by what the
    clusters add to the variance, and Student's t. The longer side stands for both: with eight
    skewed shares the shorter one missed a true 0.97 in 7 of 100 simulated runs.
    """
    if len(set(kinds)) < KINDS:
        return NOT_CROSSED
    count = len(set(clusters))
    if count < 2:
        return ONE_GROUP
    answers, kind_of = np.array(said, dtype=float), np.array(kinds)
    sizes = [int((kind_of == kind).sum()) for kind in range(KINDS)]
    shares = [float(answers[kind_of == kind].mean()) for kind in range(KINDS)]
    residuals = (answers - np.array(shares)[kind_of]) / np.array(sizes)[kind_of]
    inflation, t = _inflation(residuals, clusters, count), t_quantile(count, confidence)
    value, below, above = float(np.mean(shares)), 0.0, 0.0
    for share, size in zip(shares, sizes, strict=True):
        low, high = wilson_bounds(share, size / inflation, t)
        below, above = below + (share - low) ** 2, above + (high - share) ** 2
    half = sqrt(max(below, above)) / KINDS
    low, high = max(0.0, value - half), min(1.0, value + half)
    sentence = interval_sentence("the true share", percent(low), percent(high), confidence)
    method = f"MOVER of Wilson intervals, clustered by {count} groups"
    return Estimate(value, low, high, count, method, sentence)


def _inflation(residuals: Floats, clusters: Sequence[str], count: int) -> float:
    """At least 1. Where no answer varies, each cluster counts as one answer."""
    alone = float(np.sum(residuals**2))
    if alone == 0:
        return len(residuals) / count
    together = count / (count - 1) * float(np.sum(sums(residuals, clusters) ** 2))
    return max(1.0, together / alone)
