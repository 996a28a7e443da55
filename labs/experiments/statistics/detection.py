"""Telling yes from no, and leaning to yes: two different things (signal detection theory)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from labs.experiments.statistics.clusters import (
    ONE_GROUP,
    Clusters,
    Floats,
    all_distinct,
    proportion,
    sums,
    t_quantile,
)
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import normal_quantile, wilson_bounds
from labs.experiments.statistics.wording import interval_sentence, percent

ONE_CLASS = NotDefined(
    "The items have one right answer only, so telling yes from no cannot be measured. "
    "Use items of both kinds."
)


@dataclass(frozen=True)
class SignalDetection:
    """`hit_rate`: yes where yes is right; `false_alarm_rate`: yes where no is right.

    A rate of its own is not defined where all its items belong to one group.
    """

    hit_rate: Estimate | NotDefined
    false_alarm_rate: Estimate | NotDefined
    d_prime: Estimate
    criterion: Estimate
    balanced_accuracy: Estimate


def signal_detection(
    said_yes: ArrayLike,
    is_yes: ArrayLike,
    clusters: Clusters | None = None,
    *,
    confidence: float = 0.95,
) -> SignalDetection | NotDefined:
    """Sensitivity d′ and bias c over answered items; `is_yes` is true where yes is right.

    d′ = z(H) − z(F), c = −(z(H) + z(F))/2 with H = (hits + ½)/(n + 1), F alike (Hautus 1995);
    variance of z(H) is H(1 − H)/(n·φ(z(H))²) (Gourevitch and Galanter 1967). Negative c leans to
    yes. Hit and false-alarm rates are the raw shares with their own intervals. Where items come in
    groups, variances are inflated by what the groups add, with Student's t.
    """
    yes, truth = np.asarray(said_yes, dtype=bool), np.asarray(is_yes, dtype=bool)
    if truth.all() or not truth.any():
        return ONE_CLASS
    if clusters is not None and len(set(clusters)) < 2:
        return ONE_GROUP
    grouped = None if clusters is None or all_distinct(clusters) else clusters
    classes = _Classes(yes, truth, grouped, confidence)
    return SignalDetection(
        classes.rate(True),
        classes.rate(False),
        classes.d_prime(),
        classes.criterion(),
        classes.balanced_accuracy(),
    )


class _Classes:
    """Both kinds of item, with the quantile and the count that their intervals use."""

    def __init__(
        self, yes: np.ndarray, truth: np.ndarray, clusters: Clusters | None, confidence: float
    ) -> None:
        self._yes, self._truth, self._clusters = yes, truth, clusters
        self._confidence = confidence
        self._count = len(yes) if clusters is None else len(set(clusters))
        self._z = (
            normal_quantile(confidence) if clusters is None else t_quantile(self._count, confidence)
        )
        self._hit, self._alarm = (_corrected(yes[truth == kind]) for kind in (True, False))

    def rate(self, kind: bool) -> Estimate | NotDefined:
        """The raw share of yes among the items of one kind."""
        chosen = np.flatnonzero(self._truth == kind).tolist()
        groups = None if self._clusters is None else [self._clusters[item] for item in chosen]
        what = "the true hit rate" if kind else "the true false-alarm rate"
        return proportion(self._yes[chosen], groups, confidence=self._confidence, what=what)

    def d_prime(self) -> Estimate:
        value = self._hit.z - self._alarm.z
        return self._on_z_scale("the true d′", value, 1.0, -1.0)

    def criterion(self) -> Estimate:
        value = -(self._hit.z + self._alarm.z) / 2
        return self._on_z_scale("the true bias", value, -0.5, -0.5)

    def _on_z_scale(self, what: str, value: float, hit: float, alarm: float) -> Estimate:
        variance = hit**2 * self._hit.variance + alarm**2 * self._alarm.variance
        variance *= self._inflation(hit / self._hit.density, alarm / self._alarm.density)
        half = self._z * sqrt(variance)
        low, high = value - half, value + half
        sentence = interval_sentence(what, f"{low:.2f}", f"{high:.2f}", self._confidence)
        method = self._method("Gourevitch and Galanter's variance")
        return Estimate(value, low, high, self._count, method, sentence)

    def balanced_accuracy(self) -> Estimate:
        """(1 + H − F)/2 of the raw rates, with Newcombe's interval of H − F (1998, Statistics in
        Medicine 17:873, method 10) carried over."""
        hit, alarm = float(self._yes[self._truth].mean()), float(self._yes[~self._truth].mean())
        inflation = self._inflation(1.0, -1.0)
        hit_low, hit_high = wilson_bounds(hit, self._truth.sum() / inflation, self._z)
        alarm_low, alarm_high = wilson_bounds(alarm, (~self._truth).sum() / inflation, self._z)
        value = (1 + hit - alarm) / 2
        low = value - sqrt((hit - hit_low) ** 2 + (alarm_high - alarm) ** 2) / 2
        high = value + sqrt((hit_high - hit) ** 2 + (alarm - alarm_low) ** 2) / 2
        sentence = interval_sentence(
            "the true balanced accuracy", percent(low), percent(high), self._confidence
        )
        method = self._method("Newcombe hybrid score interval")
        return Estimate(value, low, high, self._count, method, sentence)

    def _inflation(self, hit: float, alarm: float) -> float:
        """How much groups raise the variance of hit·H + alarm·F; at least 1.

        Where no answer varies there is nothing to compare, and each group counts as one item.
        """
        if self._clusters is None:
            return 1.0
        influence = self._influence(hit, alarm)
        alone = float(np.sum(influence**2))
        if alone == 0:
            return len(self._yes) / self._count
        totals = sums(influence, self._clusters)
        together = self._count / (self._count - 1) * float(np.sum(totals**2))
        return max(1.0, together / alone)

    def _influence(self, hit: float, alarm: float) -> Floats:
        influence = np.empty(len(self._yes))
        for kind, weight in ((True, hit), (False, alarm)):
            chosen = self._truth == kind
            answers = self._yes[chosen].astype(float)
            influence[chosen] = weight * (answers - answers.mean()) / len(answers)
        return influence

    def _method(self, name: str) -> str:
        return name if self._clusters is None else f"{name}, clustered by {self._count} groups"


@dataclass(frozen=True)
class _Rate:
    """A corrected rate on the normal scale: its z, the variance of that, the density there."""

    z: float
    variance: float
    density: float


def _corrected(answers: np.ndarray) -> _Rate:
    n = len(answers)
    rate = (float(answers.sum()) + 0.5) / (n + 1)
    z = float(ndtri(rate))
    density = exp(-z * z / 2) / sqrt(2 * pi)
    return _Rate(z, rate * (1 - rate) / (n * density**2), density)
