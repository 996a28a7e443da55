"""The same items under two conditions: difference, flips, exact test, odds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt

from scipy.optimize import brentq
from scipy.stats import binomtest

from labs.experiments.statistics.estimate import Estimate, HypothesisTest, NotDefined
from labs.experiments.statistics.proportions import normal_quantile, wilson_bounds
from labs.experiments.statistics.wording import chance_sentence, interval_sentence, points

NO_PAIRS = NotDefined("No item was answered under both conditions, so nothing can be compared.")

# Stands for no variance at all, at the ends of the range, where a score is infinite or 0/0.
TINY = 1e-18


@dataclass(frozen=True)
class PairedCounts:
    """How many items were right in both conditions, in one of them, in neither."""

    both: int
    first_only: int
    second_only: int
    neither: int

    @classmethod
    def of(cls, first: Iterable[object], second: Iterable[object]) -> PairedCounts:
        """Count the items; position i of both is the same item, and what is true was right."""
        pairs = [(bool(a), bool(b)) for a, b in zip(first, second, strict=True)]
        cells = ((True, True), (True, False), (False, True), (False, False))
        return cls(*(pairs.count(cell) for cell in cells))

    @property
    def n(self) -> int:
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def difference(self) -> float:
        """The first share minus the second."""
        return (self.first_only - self.second_only) / self.n


def tango_bounds(first_only: float, second_only: float, n: float, z: float) -> tuple[float, float]:
    """The score interval of a paired difference (Tango 1998, Statistics in Medicine 17:891).

    All values Δ whose score statistic
    (b − c − nΔ) / √(n(2q + Δ(1 − Δ))) lies within ±z, where q is the likelihood's maximum for the
    second cell given Δ. Counts may be effective, fractional numbers.
    """

    def score(delta: float) -> float:
        beta = (2 * n - first_only + second_only) * delta - first_only - second_only
        gamma = -second_only * delta * (1 - delta)
        q = (sqrt(max(beta * beta - 8 * n * gamma, 0.0)) - beta) / (4 * n)
        variance = n * (2 * q + delta * (1 - delta))
        distance = first_only - second_only - n * delta
        return distance / sqrt(max(variance, TINY))

    observed = (first_only - second_only) / n
    return (
        _crossing(score, z, -1.0, observed),
        _crossing(score, -z, observed, 1.0),
    )


def _crossing(score: Callable[[float], float], level: float, low: float, high: float) -> float:
    """Where the falling score reaches `level`; the end itself where it never does."""
    end = low if level > 0 else high
    if (score(end) - level) * level <= 0:
        return end
    return float(brentq(lambda delta: score(delta) - level, low, high, xtol=1e-10))


def newcombe_bounds(counts: PairedCounts, z: float) -> tuple[float, float]:
    """Newcombe's hybrid score interval with corrected φ (1998, Statistics in Medicine 17:2635,
    method 10)."""
    n, phi = counts.n, _corrected_phi(counts)
    first, second = (counts.both + counts.first_only) / n, (counts.both + counts.second_only) / n
    low_1, high_1 = wilson_bounds(first, n, z)
    low_2, high_2 = wilson_bounds(second, n, z)

    def reach(one: float, other: float) -> float:
        return sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))

    difference = first - second
    return (
        max(-1.0, difference - reach(first - low_1, high_2 - second)),
        min(1.0, difference + reach(high_1 - first, second - low_2)),
    )


def _corrected_phi(counts: PairedCounts) -> float:
    a, b, c, d = counts.both, counts.first_only, counts.second_only, counts.neither
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    product = a * d - b * c
    corrected = max(product - counts.n / 2, 0.0) if product > 0 else product
    return corrected / sqrt(margins)


def tango(counts: PairedCounts, *, confidence: float = 0.95) -> Estimate | NotDefined:
    """First minus second share with Tango's score interval."""
    if counts.n == 0:
        return NO_PAIRS
    z = normal_quantile(confidence)
    bounds = tango_bounds(counts.first_only, counts.second_only, counts.n, z)
    return _difference(counts, bounds, "Tango score interval", confidence)


def newcombe(counts: PairedCounts, *, confidence: float = 0.95) -> Estimate | NotDefined:
    """First minus second share with Newcombe's hybrid score interval."""
    if counts.n == 0:
        return NO_PAIRS
    bounds = newcombe_bounds(counts, normal_quantile(confidence))
    return _difference(counts, bounds, "Newcombe hybrid score interval", confidence)


def _difference(
    counts: PairedCounts, bounds: tuple[float, float], method: str, confidence: float
) -> Estimate:
    low, high = bounds
    sentence = interval_sentence("the true difference", points(low), points(high), confidence)
    return Estimate(counts.difference, low, high, counts.n, method, sentence)


def mcnemar_exact(counts: PairedCounts) -> HypothesisTest | NotDefined:
    """Exact McNemar test: min(1, 2·P(X ≤ min(b, c))) with X ~ Binomial(b + c, ½)."""
    changed = counts.first_only + counts.second_only
    if changed == 0:
        return NotDefined("No item changed between the two conditions: there is nothing to test.")
    smaller = min(counts.first_only, counts.second_only)
    p = float(binomtest(smaller, changed, 0.5).pvalue)
    sentence = chance_sentence(
        p, "an item that changes went either way by the toss of a coin", "an imbalance"
    )
    return HypothesisTest(smaller, p, changed, "exact McNemar test", sentence)


def matched_odds_ratio(counts: PairedCounts, *, confidence: float = 0.95) -> Estimate | NotDefined:
    """Items right only in the first per item right only in the second, b/c.

    The interval is that of Clopper and Pearson for π = b/(b + c), turned into odds π/(1 − π).
    """
    first, second = counts.first_only, counts.second_only
    if first == 0 or second == 0:
        return NotDefined(
            "No item, or items in one direction only, changed between the two conditions: the "
            "ratio of the directions has no finite value. Read the counts instead."
        )
    bounds = binomtest(first, first + second).proportion_ci(confidence, method="exact")
    low, high = (bound / (1 - bound) for bound in (bounds.low, bounds.high))
    sentence = interval_sentence("the true ratio", f"{low:.2f}", f"{high:.2f}", confidence)
    return Estimate(first / second, low, high, first + second, "exact, by the flips", sentence)
