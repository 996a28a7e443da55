"""Many students measure the same model, each with items of their own: what do they report?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, chi2

from labs.experiments.experiment import option
from labs.experiments.statistics.clusters import Floats
from labs.experiments.statistics.formats import holm, q_statistics
from labs.experiments.statistics.proportions import normal_quantile, wilson_bounds
from models.errors import UserError

Verdict = Literal["named", "misnamed", "some", "nothing"]
VERDICT_TITLES: Mapping[Verdict, str] = {
    "named": "names the worse format",
    "misnamed": "names a format that is not worse",
    "some": "some format matters, not which",
    "nothing": "no effect visible",
}
ALPHA = 0.05
RULE = 0.30  # “more than 30 points is pattern matching”
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Setting:
    """What is true, and what each student does about it. The last format is the worse one."""

    accuracy: float = option(0.7, "True accuracy", "In every format but the last.")
    drop: float = option(0.2, "True drop", "What the last format loses; 0 makes all alike.")
    items: int = option(8, "Items", "How many each student has.")
    formats: int = option(5, "Formats", "The first is the baseline.")
    students: int = option(500, "Students", "Each draws items of their own.")
    seed: int = option(1, "Seed", "Draws the items and the answers.")

    def __post_init__(self) -> None:
        """Raises UserError for what cannot be."""
        if not 0 <= self.drop <= self.accuracy <= 1:
            raise UserError(
                "The drop cannot be larger than the accuracy, and neither than 100 %.",
                "Choose a smaller drop.",
            )
        if not (1 <= self.items <= 1000 and 2 <= self.formats <= 10):
            raise UserError("A student has 1 to 1,000 items and 2 to 10 formats.", "Change these.")
        if not 1 <= self.students <= 5000:
            raise UserError("There are 1 to 5,000 students.", "Change their number.")


@dataclass(frozen=True)
class ClassOfStudents:
    """What they found. `answers` is (students, items, formats), true where right; the other
    arrays have one entry a student; `holds_truth` is (students, formats)."""

    setting: Setting
    answers: Bools
    verdicts: tuple[Verdict, ...]
    spreads: Floats
    rule_fires: Bools
    named_uncorrected: Bools
    holds_truth: Bools

    def count(self, verdict: Verdict) -> int:
        return Counter(self.verdicts)[verdict]


def teach(setting: Setting) -> ClassOfStudents:
    """Draw the answers of every student and judge each as a report would."""
    answers = _draw(setting)
    right = answers.sum(axis=1)
    pairs = _mcnemar_p(answers)
    q_p = chi2.sf(q_statistics(answers.astype(float)), setting.formats - 1)
    verdicts = tuple(
        _verdict(setting, right[student], pairs[student], float(q_p[student]))
        for student in range(setting.students)
    )
    spreads = np.ptp(right, axis=1)
    return ClassOfStudents(
        setting, answers, verdicts, spreads / setting.items,
        spreads > int(RULE * setting.items + 1e-9), pairs.min(axis=1) < ALPHA,
        _holds_truth(setting, right),
    )  # fmt: skip


def true_shares(setting: Setting) -> Floats:
    """The true accuracy of each format."""
    shares = np.full(setting.formats, setting.accuracy)
    shares[-1] -= setting.drop
    return shares


def _draw(setting: Setting) -> Bools:
    rng = np.random.default_rng(setting.seed)
    luck = rng.random((setting.students, setting.items, setting.formats))
    return np.asarray(luck < true_shares(setting))


def _mcnemar_p(answers: Bools) -> Floats:
    """Exact McNemar of each format against the first: (students, formats − 1)."""
    base, others = answers[:, :, :1], answers[:, :, 1:]
    lost, gained = (base & ~others).sum(axis=1), (~base & others).sum(axis=1)
    tail = binom.cdf(np.minimum(lost, gained), lost + gained, 0.5)
    return np.asarray(np.minimum(1.0, 2 * tail))


def _verdict(setting: Setting, right: Floats, p_values: Floats, q_p: float) -> Verdict:
    """What a report says: one test over all formats first; only after it, Holm over the
    comparisons with the baseline. So no more than 5 in 100 report what is not there."""
    if q_p >= ALPHA:
        return "nothing"
    corrected = holm(p_values.tolist())
    worse = [n + 1 for n, p in enumerate(corrected) if p < ALPHA and right[n + 1] < right[0]]
    better = any(p < ALPHA and right[n + 1] > right[0] for n, p in enumerate(corrected))
    if worse or better:
        is_right = setting.drop > 0 and worse == [setting.formats - 1] and not better
        return "named" if is_right else "misnamed"
    return "some"


def _holds_truth(setting: Setting, right: Floats) -> Bools:
    """Does the Wilson interval of each format hold its true accuracy?"""
    z, n = normal_quantile(0.95), setting.items
    bounds = np.array([wilson_bounds(count / n, n, z) for count in range(n + 1)])
    low, high = bounds[right, 0], bounds[right, 1]
    truth = true_shares(setting)
    return np.asarray((low <= truth) & (truth <= high))
