"""How the share of YES moves with the time that is left: threshold, slope and lapses.

P(YES) = λ₀ + (1 − λ₀ − λ₁)·logistic(a + b·x) with x = sign(minutes)·log₂(1 + |minutes|): λ₀ is
how often YES comes whatever the time, λ₁ how often NO does (Wichmann and Hill 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, log2, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from labs.experiments.statistics.clusters import Floats
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import normal_quantile
from labs.experiments.statistics.wording import interval_sentence

# Lapses are rare but not ruled out: Beta(1.5, 20), most likely near 3 %. It keeps a lapse rate
# off the edge at 0, where its uncertainty could not be told.
LAPSE_ALPHA, LAPSE_BETA = 1.5, 20.0
LEAST_LAPSES = 1e-4
MOST_LAPSES = 0.4
FEWEST_MARGINS = 3


@dataclass(frozen=True)
class MarginPoint:
    """All answers at one margin: `yes` of `n`; always drawn beside the curve."""

    minutes: float
    yes: int
    n: int


@dataclass(frozen=True)
class Curve:
    """The fitted parameters, in units of x; `covariance` is (4, 4) in the order of the fields."""

    intercept: float
    slope: float
    always_yes: float
    always_no: float
    covariance: NDArray[np.float64]

    def probability(self, minutes: float) -> float:
        """The fitted share of YES at a margin in minutes."""
        core = expit(self.intercept + self.slope * margin_scale(minutes))
        return float(self.always_yes + (1 - self.always_yes - self.always_no) * core)


@dataclass(frozen=True)
class Psychometric:
    """The curve with what can be said of it; `threshold_minutes` is where YES turns to NO."""

    points: tuple[MarginPoint, ...]
    curve: Curve
    slope: Estimate
    threshold_minutes: Estimate | NotDefined


def margin_scale(minutes: float) -> float:
    """x = sign(minutes)·log₂(1 + |minutes|): 1 minute is 1, an hour about 6."""
    return copysign(log2(1 + abs(minutes)), minutes)


def margin_minutes(x: float) -> float:
    """The margin in minutes at x, the inverse of `margin_scale`."""
    return copysign(2 ** abs(x) - 1, x)


def margin_points(minutes: Sequence[float], said_yes: ArrayLike) -> tuple[MarginPoint, ...]:
    """Count the answers at each margin, the smallest margin first."""
    margins, answers = np.asarray(minutes, dtype=float), np.asarray(said_yes, dtype=bool)
    return tuple(
        MarginPoint(
            float(margin), int(answers[margins == margin].sum()), int((margins == margin).sum())
        )
        for margin in np.unique(margins)
    )


def psychometric(
    minutes: Sequence[float], said_yes: ArrayLike, *, confidence: float = 0.95
) -> Psychometric | NotDefined:
    """Fit the curve to answered items; `minutes` is what is left, negative when it is too late.

    The threshold −a/b has Fieller's interval (1954), in minutes. It is not defined when the
    interval of the slope holds 0, or when the curve does not cross one half between the smallest
    and the largest margin.
    """
    points = margin_points(minutes, said_yes)
    if len(points) < FEWEST_MARGINS:
        return NotDefined(
            f"There are answers at {len(points)} margins; a curve needs at least {FEWEST_MARGINS}."
        )
    answers = sum(point.yes for point in points)
    total = sum(point.n for point in points)
    if answers in (0, total):
        word = "NO" if answers == 0 else "YES"
        return NotDefined(f"Every answer was {word}, so nothing changes with the margin.")
    curve = fit(points)
    z = normal_quantile(confidence)
    return Psychometric(
        points,
        curve,
        _slope(curve, total, z, confidence),
        _threshold(curve, points, total, z, confidence),
    )


def fit(points: Sequence[MarginPoint]) -> Curve:
    """Maximise the likelihood times Jeffreys' prior of a and b (Firth 1993), which stays finite
    when a margin parts all answers, times Beta(1.5, 20) for each lapse rate."""
    x = np.array([margin_scale(point.minutes) for point in points])
    yes, n = (np.array([getattr(p, name) for p in points], dtype=float) for name in ("yes", "n"))

    def loss(parameters: Floats) -> float:
        share = np.clip(_share(parameters, x), 1e-12, 1 - 1e-12)
        likelihood = np.sum(yes * np.log(share) + (n - yes) * np.log1p(-share))
        jeffreys = np.linalg.det(_information(parameters, x, n)[:2, :2])
        rates = parameters[2:]
        lapses = np.sum((LAPSE_ALPHA - 1) * np.log(rates) + (LAPSE_BETA - 1) * np.log1p(-rates))
        return -float(likelihood + 0.5 * np.log(max(jeffreys, 1e-300)) + lapses)

    level = logit((yes.sum() + 0.5) / (n.sum() + 1))
    bounds = [(-60, 60), (-30, 30), (LEAST_LAPSES, MOST_LAPSES), (LEAST_LAPSES, MOST_LAPSES)]
    starts = [np.array([level, slope, 0.03, 0.03]) for slope in (-1, 1)]
    found = [minimize(loss, start, method="L-BFGS-B", bounds=bounds) for start in starts]
    best = min(found, key=lambda result: float(result.fun)).x
    information = _information(best, x, n)
    prior = (LAPSE_ALPHA - 1) / best[2:] ** 2 + (LAPSE_BETA - 1) / (1 - best[2:]) ** 2
    information[2:, 2:] += np.diag(prior)
    intercept, slope, always_yes, always_no = (float(value) for value in best)
    covariance = np.asarray(np.linalg.pinv(information))
    return Curve(intercept, slope, always_yes, always_no, covariance)


def _share(parameters: Floats, x: Floats) -> Floats:
    intercept, slope, always_yes, always_no = parameters
    return np.asarray(always_yes + (1 - always_yes - always_no) * expit(intercept + slope * x))


def _information(parameters: Floats, x: Floats, n: Floats) -> Floats:
    """Fisher's expected information (4, 4) of all parameters."""
    intercept, slope, always_yes, always_no = parameters
    core = expit(intercept + slope * x)
    steep = (1 - always_yes - always_no) * core * (1 - core)
    gradient = np.stack([steep, steep * x, 1 - core, -core])
    share = np.clip(_share(parameters, x), 1e-12, 1 - 1e-12)
    return np.asarray((gradient * (n / (share * (1 - share)))) @ gradient.T)


def _slope(curve: Curve, total: int, z: float, confidence: float) -> Estimate:
    half = z * sqrt(curve.covariance[1, 1])
    low, high = curve.slope - half, curve.slope + half
    sentence = interval_sentence("the true slope", f"{low:.2f}", f"{high:.2f}", confidence)
    return Estimate(curve.slope, low, high, total, "penalised fit, Wald interval", sentence)


def _threshold(
    curve: Curve, points: Sequence[MarginPoint], total: int, z: float, confidence: float
) -> Estimate | NotDefined:
    ends = [curve.probability(points[place].minutes) - 0.5 for place in (0, -1)]
    if ends[0] * ends[1] >= 0:
        return NotDefined(
            "The curve does not cross one half between the smallest and the largest margin, so "
            "there is no time at which the answer turns."
        )
    bounds = fieller(curve, z)
    if bounds is None:
        return NotDefined(
            "The interval of the slope holds 0: the answers may not depend on the margin at all, "
            "so there is no time at which they turn."
        )
    value, low, high = (
        margin_minutes(x) for x in (-curve.intercept / curve.slope, bounds[0], bounds[1])
    )
    sentence = interval_sentence(
        "the true threshold", f"{low:.3g} minutes", f"{high:.3g} minutes", confidence
    )
    return Estimate(value, low, high, total, "penalised fit, Fieller interval", sentence)


def fieller(curve: Curve, z: float) -> tuple[float, float] | None:
    """All x with |a + b·x| ≤ z·√Var(a + b·x); None when they are not one finite interval."""
    a, b, v = curve.intercept, curve.slope, curve.covariance
    square = b * b - z * z * v[1, 1]
    if square <= 0:
        return None
    half, rest = a * b - z * z * v[0, 1], a * a - z * z * v[0, 0]
    root = sqrt(max(half * half - square * rest, 0.0))
    return (-half - root) / square, (-half + root) / square
