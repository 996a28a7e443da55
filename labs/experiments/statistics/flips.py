"""How often the answer to an item changes with its wording."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import numpy as np

from labs.experiments.statistics.clusters import Clusters, Floats, clustered_mean, proportion
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.spread import Spread, spread

Row = Sequence[str]


def flip_rate(
    table: Sequence[Row],
    labels: Collection[str],
    clusters: Clusters | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate | NotDefined:
    """The share of items whose answer is not the same in all formats.

    `table` has one row of outcomes an item. Only the declared `labels` are answers: an outcome
    like UNPARSED never makes a flip, and an item with fewer than two answers is not counted.
    """
    answers = [[outcome for outcome in row if outcome in labels] for row in table]
    counted = [position for position, row in enumerate(answers) if len(row) >= 2]
    if not counted:
        return NotDefined(
            "No item has a clear answer in two formats, so whether answers change cannot be said."
        )
    flipped = [len(set(answers[position])) > 1 for position in counted]
    groups = None if clusters is None else [clusters[position] for position in counted]
    return proportion(
        flipped, groups, confidence=confidence, what="the true share of items that change"
    )


def consistency_rate(
    table: Sequence[Row],
    labels: Collection[str],
    clusters: Clusters | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate | NotDefined:
    """How often two formats agree on an item: mean over items of its agreeing pairs of answers."""
    rows = [[outcome for outcome in row if outcome in labels] for row in table]
    counted = [position for position, row in enumerate(rows) if len(row) >= 2]
    if not counted:
        return NotDefined(
            "No item has a clear answer in two formats, so whether they agree cannot be said."
        )
    agreement = [_agreement(rows[position]) for position in counted]
    groups = None if clusters is None else [clusters[position] for position in counted]
    return proportion(
        agreement, groups, confidence=confidence, what="the true share of agreeing pairs"
    )


def _agreement(answers: Sequence[str]) -> float:
    pairs = list(combinations(answers, 2))
    return sum(one == other for one, other in pairs) / len(pairs)


def change_beyond_placebo(
    baseline: Row,
    formats: Sequence[Row],
    placebos: Sequence[Row],
    labels: Collection[str],
    clusters: Clusters | None = None,
    *,
    confidence: float = 0.95,
) -> Estimate | NotDefined:
    """How much oftener a real format changes the baseline's answer than an edit that cannot matter.

    Rows run over the items. For each item: the share of `formats` whose answer differs from the
    baseline's, minus the same share of `placebos`; then the mean over items.
    """
    excess = changes(baseline, formats, labels) - changes(baseline, placebos, labels)
    counted = np.flatnonzero(np.isfinite(excess)).tolist()
    if not counted:
        return NotDefined(
            "No item has a clear answer in the baseline, a format and the placebo arm, so real "
            "and meaningless edits cannot be compared."
        )
    groups = [item if clusters is None else clusters[item] for item in counted]
    return clustered_mean(excess[counted], groups, confidence=confidence)


def changes(baseline: Row, others: Sequence[Row], labels: Collection[str]) -> Floats:
    """For each item the share of `others` that differ from the baseline; nan where none can."""
    shares = np.full(len(baseline), np.nan)
    for item, base in enumerate(baseline):
        answers = [row[item] for row in others if row[item] in labels]
        if base in labels and answers:
            shares[item] = sum(answer != base for answer in answers) / len(answers)
    return shares


def yes_rate_movement(
    table: Sequence[Row],
    yes: str,
    labels: Collection[str],
    clusters: Clusters | None = None,
    *,
    seed: int,
    permutations: int = 2000,
) -> Spread | NotDefined:
    """How far the share of `yes` moves between formats, over items with a clear answer in all."""
    answers = yes_table(table, yes, labels)
    return spread(answers, clusters, seed=seed, permutations=permutations, what=f"the {yes} rate")


def yes_table(table: Sequence[Row], yes: str, labels: Collection[str]) -> Floats:
    """1 where the answer is `yes`, 0 for another label, nan for no answer: (items, formats)."""
    return np.array(
        [[float(out == yes) if out in labels else np.nan for out in row] for row in table]
    )
