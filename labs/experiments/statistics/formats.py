"""Several formats on the same items: one test over all, then each against the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from labs.experiments.statistics.clusters import (
    Clusters,
    Floats,
    all_distinct,
    paired_difference,
)
from labs.experiments.statistics.estimate import Estimate, HypothesisTest, NotDefined
from labs.experiments.statistics.paired import PairedCounts, mcnemar_exact, newcombe, tango
from labs.experiments.statistics.permutation import (
    group_totals,
    missing,
    permuted_totals,
    share_at_least,
    sign_flip_p,
    whole_items,
)
from labs.experiments.statistics.wording import chance_sentence

UNCHANGED = NotDefined("No item changed between the formats: there is nothing to test.")


@dataclass(frozen=True)
class Contrast:
    """One format against another on the items answered in both.

    `difference` is the format's share minus that of `against`; `gained` and `lost` are the raw
    flips. `p_holm` is the p corrected for the other contrasts of the same family.
    """

    name: str
    against: str
    difference: Estimate | NotDefined
    gained: int
    lost: int
    test: HypothesisTest | NotDefined
    p_holm: float


def cochrans_q(
    table: ArrayLike,
    clusters: Clusters | None = None,
    *,
    seed: int = 0,
    permutations: int = 2000,
) -> HypothesisTest | NotDefined:
    """Do k formats have the same share? Cochran 1950, chi-square with k − 1 degrees of freedom.

    `table` is (items, formats) of 0 and 1; items that miss a format (nan) are dropped. Where items
    come in groups the chi-square would be wrong, and formats are exchanged within groups instead
    (`seed` and `permutations` count then).
    """
    numbers, groups, _ = whole_items(table, clusters)
    reason = missing(numbers)
    if reason is not None:
        return reason
    if np.all(numbers == numbers[:, :1]):
        return UNCHANGED
    if not all_distinct(groups):
        return _exchanged_q(numbers, groups, seed, permutations)
    from statsmodels.stats.contingency_tables import cochrans_q as chi_square_q

    found = chi_square_q(numbers)
    return _q_test(float(found.statistic), float(found.pvalue), len(numbers), "chi-square")


def _exchanged_q(
    table: np.ndarray, clusters: Clusters | None, seed: int, permutations: int
) -> HypothesisTest:
    null = permuted_totals(group_totals(table, clusters), permutations=permutations, seed=seed)
    p = share_at_least(null.var(axis=1), float(table.sum(axis=0).var()))
    method = f"exchanged within groups of items, {permutations} draws, seed {seed}"
    return _q_test(float(q_statistics(table[None])[0]), p, len(table), method)


def q_statistics(tables: np.ndarray) -> Floats:
    """Cochran's Q of many tables (runs, items, formats); 0 where no item changed.

    Q = k(k − 1)·Σ_j (C_j − C̄)² / Σ_i R_i(k − R_i) for column totals C and row totals R.
    """
    formats = tables.shape[2]
    columns, rows = tables.sum(axis=1), tables.sum(axis=2)
    changing = np.sum(rows * (formats - rows), axis=1)
    between = columns.var(axis=1) * formats
    return np.asarray(formats * (formats - 1) * between / np.maximum(changing, 1))


def _q_test(statistic: float, p: float, n: int, how: str) -> HypothesisTest:
    sentence = chance_sentence(p, "the format made no difference", "differences")
    return HypothesisTest(statistic, p, n, f"Cochran's Q, {how}", sentence)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down correction (1979): adjusted p-values in the order given.

    Not statsmodels' `multipletests`, which collects the garbage of the whole process at each call:
    slow, and on a thread beside a window not safe.
    """
    ordered = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, highest = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(ordered):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return tuple(adjusted)


def against_baseline(
    answers: Mapping[str, ArrayLike],
    baseline: str,
    clusters: Clusters | None = None,
    *,
    seed: int = 0,
    confidence: float = 0.95,
    interval: str = "tango",
) -> tuple[Contrast, ...]:
    """Each other format minus the baseline, p-values corrected by Holm over these contrasts.

    `answers` maps a format to one 0, 1 or nan an item; `interval` is "tango" or "newcombe" (the
    latter for items without groups only).
    """
    family = _Family(_arrays(answers), clusters, seed, confidence, interval)
    return family.contrasts([(name, baseline) for name in answers if name != baseline])


def all_pairs(
    answers: Mapping[str, ArrayLike],
    clusters: Clusters | None = None,
    *,
    seed: int = 0,
    confidence: float = 0.95,
) -> tuple[Contrast, ...]:
    """Every format against every other, Holm over all: to explore, not to decide."""
    family = _Family(_arrays(answers), clusters, seed, confidence, "tango")
    return family.contrasts([(later, earlier) for earlier, later in combinations(answers, 2)])


def _arrays(answers: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    return {name: np.asarray(values, dtype=float) for name, values in answers.items()}


@dataclass(frozen=True)
class _Family:
    """Contrasts that are made alike and corrected together."""

    answers: Mapping[str, Floats]
    clusters: Clusters | None
    seed: int
    confidence: float
    interval: str

    def contrasts(self, pairs: Sequence[tuple[str, str]]) -> tuple[Contrast, ...]:
        """One contrast in which nothing changed counts in the family with p = 1."""
        found = [self._contrast(name, other) for name, other in pairs]
        corrected = holm([contrast.p_holm for contrast in found])
        return tuple(replace(c, p_holm=p) for c, p in zip(found, corrected, strict=True))

    def _contrast(self, name: str, other: str) -> Contrast:
        one, two = self.answers[name], self.answers[other]
        keep = np.flatnonzero(np.isfinite(one) & np.isfinite(two)).tolist()
        one, two = one[keep], two[keep]
        counts = PairedCounts.of(one, two)
        groups = None if self.clusters is None else [self.clusters[item] for item in keep]
        difference: Estimate | NotDefined
        if groups is None or all_distinct(groups):
            of_pairs = newcombe if self.interval == "newcombe" else tango
            difference = of_pairs(counts, confidence=self.confidence)
            test = mcnemar_exact(counts)
        else:
            difference = paired_difference(one, two, groups, confidence=self.confidence)
            test = _turned(one, two, groups, self.seed)
        p = test.p if isinstance(test, HypothesisTest) else 1.0
        gained, lost = counts.first_only, counts.second_only
        return Contrast(name, other, difference, gained, lost, test, p)


def _turned(
    one: Floats, two: Floats, groups: Clusters, seed: int, permutations: int = 10_000
) -> HypothesisTest | NotDefined:
    """McNemar's question for grouped items: each group's differences may turn their sign."""
    differences = one - two
    if not differences.any():
        return mcnemar_exact(PairedCounts.of(one, two))
    p = sign_flip_p(differences, groups, permutations=permutations, seed=seed)
    sentence = chance_sentence(p, "both formats were equally good for every group", "an imbalance")
    changed = int(np.count_nonzero(differences))
    method = f"signs turned by group of items, seed {seed}"
    return HypothesisTest(float(differences.sum()), p, changed, method, sentence)
