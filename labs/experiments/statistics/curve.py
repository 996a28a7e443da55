"""The psychometric curve itself: its scale, its fit, and how far its slope may be off.

P(YES) = λ₀ + (1 − λ₀ − λ₁)·logistic(a + b·x) with x = sign(minutes)·log₂(1 + |minutes|): λ₀ is
how often YES comes whatever the time, λ₁ how often NO does (Wichmann and Hill 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import copysign, log2

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit

from labs.experiments.statistics.clusters import Clusters, Floats, sums

# Lapses are rare but not ruled out: Beta(1.5, 10), most likely near 5 %. It keeps a lapse rate
# off the edge at 0, where its uncertainty could not be told.
LAPSE_ALPHA, LAPSE_BETA = 1.5, 10.0
LAPSE_BOUNDS = (1e-4, 0.4)
INTERCEPT_BOUNDS = (-60.0, 60.0)
SLOPE_BOUNDS = (-30.0, 30.0)
# The logarithm of a share or determinant that has become 0 by rounding.
TINY = 1e-12
# SciPy's L-BFGS-B wakes BLAS threads for four numbers: ten times slower on a busy machine.
OPTIMIZER = "SLSQP"
# Of the central differences; well below the least lapse rate. No step, one up, one down: (9, 4).
STEP = 1e-6
STEPS = STEP * np.vstack([np.zeros(4), np.eye(4), -np.eye(4)])


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


def margin_scale(minutes: float) -> float:
    """x = sign(minutes)·log₂(1 + |minutes|): 1 minute is 1, an hour about 6."""
    return copysign(log2(1 + abs(minutes)), minutes)


def margin_minutes(x: float) -> float:
    """The margin in minutes at x, the inverse of `margin_scale`."""
    return copysign(2.0 ** min(abs(x), 1000.0) - 1, x)


def margin_points(minutes: Sequence[float], said_yes: ArrayLike) -> tuple[MarginPoint, ...]:
    """Count the answers at each margin, the smallest margin first."""
    margins, answers = np.asarray(minutes, dtype=float), np.asarray(said_yes, dtype=bool)
    return tuple(
        MarginPoint(
            float(margin), int(answers[margins == margin].sum()), int((margins == margin).sum())
        )
        for margin in np.unique(margins)
    )


def curve_share(parameters: Floats, x: Floats) -> Floats:
    """P(YES) at each x for (a, b, λ₀, λ₁), numbers or columns of them, kept off 0 and 1."""
    intercept, slope, always_yes, always_no = parameters
    core = expit(intercept + slope * x)
    return np.clip(always_yes + (1 - always_yes - always_no) * core, TINY, 1 - TINY)


def curve_gradient(parameters: Floats, x: Floats) -> Floats:
    """The derivative of P(YES) by each parameter: (4, len(x))."""
    intercept, slope, always_yes, always_no = parameters
    core = expit(intercept + slope * x)
    steep = (1 - always_yes - always_no) * core * (1 - core)
    return np.stack([steep, steep * x, 1 - core, -core])


class Fit:
    """The penalised likelihood of one set of points, at its maximum.

    The penalties are Jeffreys' prior of a and b (Firth 1993), which keeps the slope finite when
    a margin parts all answers, and Beta(1.5, 10) for each lapse rate.
    """

    def __init__(self, points: Sequence[MarginPoint]) -> None:
        self._x = np.array([margin_scale(point.minutes) for point in points])
        self._yes = np.array([point.yes for point in points], dtype=float)
        self._n = np.array([point.n for point in points], dtype=float)
        level = float(logit((self._yes.sum() + 0.5) / (self._n.sum() + 1)))
        bounds = [INTERCEPT_BOUNDS, SLOPE_BOUNDS, LAPSE_BOUNDS, LAPSE_BOUNDS]
        found = [
            minimize(
                self._loss_and_gradient,
                [level, slope, 0.03, 0.03],
                jac=True,
                method=OPTIMIZER,
                bounds=bounds,
            )
            for slope in (-1.0, 1.0)
        ]
        self._best = np.asarray(min(found, key=lambda result: float(result.fun)).x)

    def curve(self) -> Curve:
        """The parameters, with the inverse of the expected information as their covariance."""
        rates = self._best[2:]
        prior = (LAPSE_ALPHA - 1) / rates**2 + (LAPSE_BETA - 1) / (1 - rates) ** 2
        information = self._information(self._best) + np.diag([0.0, 0.0, *prior])
        covariance = np.asarray(np.linalg.pinv(information))
        intercept, slope, always_yes, always_no = (float(value) for value in self._best)
        return Curve(intercept, slope, always_yes, always_no, covariance)

    def inflation(self, minutes: Sequence[float], said_yes: ArrayLike, clusters: Clusters) -> float:
        """How much larger the variance is because items of a group hang together; at least 1.

        The sandwich variance over the model's (Liang and Zeger 1986), of the slope or of the
        curve's height at the threshold, whichever is larger.
        """
        curve, parameters = self.curve(), self._best
        x = np.array([margin_scale(margin) for margin in minutes])
        share = curve_share(parameters, x)
        residuals = (np.asarray(said_yes, dtype=float) - share) / (share * (1 - share))
        totals = sums((curve_gradient(parameters, x) * residuals).T, clusters)
        meat = len(totals) / (len(totals) - 1) * totals.T @ totals
        sandwich = curve.covariance @ meat @ curve.covariance
        turn = -curve.intercept / curve.slope if curve.slope else 0.0
        return max(
            1.0,
            *(
                float(way @ sandwich @ way / (way @ curve.covariance @ way))
                for way in (np.array([0.0, 1, 0, 0]), np.array([1.0, turn, 0, 0]))
            ),
        )

    def slope_bounds(self, z: float) -> tuple[float, float]:
        """All slopes whose profile likelihood lies within z²/2 of the maximum.

        Wald's interval is too short upwards when lapses hide a steep curve: in simulation it held
        the true slope in 76 of 100 runs, this one in 97.
        """
        loss, slope = float(self._losses(self._best[None])[0]), float(self._best[1])

        def beyond(candidate: float) -> float:
            return 2 * (self._at_slope(candidate) - loss) - z * z

        return _crossing(beyond, slope, SLOPE_BOUNDS[0]), _crossing(beyond, slope, SLOPE_BOUNDS[1])

    def threshold_bounds(self, z: float) -> tuple[float, float] | None:
        """All x = −a/b whose profile likelihood lies within z²/2 of the maximum.

        None when that has no end within eight times the largest margin.
        """
        loss = float(self._losses(self._best[None])[0])
        threshold, edge = -self._best[0] / self._best[1], float(np.abs(self._x).max()) + 3

        def beyond(candidate: float) -> float:
            return 2 * (self._at_threshold(candidate) - loss) - z * z

        low, high = (_crossing(beyond, threshold, end) for end in (-edge, edge))
        return (low, high) if -edge < low <= high < edge else None

    def _at_slope(self, slope: float) -> float:
        """The least loss at a fixed slope."""
        intercept, best_slope, *rates = self._best
        start = np.clip(intercept * (slope / best_slope if best_slope else 1), *INTERCEPT_BOUNDS)
        return self._least_loss(
            np.array([0, slope, 0, 0]), np.eye(4)[[0, 2, 3]], [start, *rates], INTERCEPT_BOUNDS
        )

    def _at_threshold(self, threshold: float) -> float:
        """The least loss where the curve's core crosses one half at a fixed x: a = −b·x."""
        ways = np.array([[-threshold, 1.0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        return self._least_loss(np.zeros(4), ways, list(self._best[1:]), SLOPE_BOUNDS)

    def _least_loss(
        self, base: Floats, ways: Floats, start: list[float], bounds: tuple[float, float]
    ) -> float:
        """The least loss over base + rest·ways; `bounds` hold for the first of the rest."""

        def loss(rest: Floats) -> tuple[float, Floats]:
            value, gradient = self._loss_and_gradient(base + (rest[:, None] * ways).sum(axis=0))
            return value, (ways * gradient).sum(axis=1)

        limits = [bounds, LAPSE_BOUNDS, LAPSE_BOUNDS]
        found = minimize(loss, start, jac=True, method=OPTIMIZER, bounds=limits)
        return float(found.fun)

    def _loss_and_gradient(self, parameters: Floats) -> tuple[float, Floats]:
        """The loss with its central differences, all computed as one table."""
        losses = self._losses(parameters + STEPS)
        return float(losses[0]), (losses[1:5] - losses[5:]) / (2 * STEP)

    def _losses(self, parameters: Floats) -> Floats:
        """Minus the penalised log-likelihood of each row (a, b, λ₀, λ₁) of `parameters`."""
        # Thousands of calls a fit: what curve_share and curve_gradient share is worked out once.
        intercept, slope, always_yes, always_no = np.ascontiguousarray(parameters.T)[:, :, None]
        core, reach = expit(intercept + slope * self._x), 1 - always_yes - always_no
        share = np.minimum(np.maximum(always_yes + reach * core, TINY), 1 - TINY)
        likelihood = (np.log(share) * self._yes).sum(axis=1)
        likelihood += (np.log1p(-share) * (self._n - self._yes)).sum(axis=1)
        steep = reach * core * (1 - core)
        weight = steep**2 * self._n / (share * (1 - share))
        # The determinant of the information of a and b.
        first, second = (weight * self._x).sum(axis=1), (weight * self._x**2).sum(axis=1)
        jeffreys = weight.sum(axis=1) * second - first**2
        rates = parameters[:, 2:]
        lapses = (LAPSE_ALPHA - 1) * np.log(rates) + (LAPSE_BETA - 1) * np.log1p(-rates)
        prior = 0.5 * np.log(np.maximum(jeffreys, TINY**10)) + lapses.sum(axis=1)
        return np.asarray(-(likelihood + prior))

    def _information(self, parameters: Floats) -> Floats:
        """Fisher's expected information (4, 4) of all parameters."""
        gradient, share = curve_gradient(parameters, self._x), curve_share(parameters, self._x)
        return np.asarray((gradient * (self._n / (share * (1 - share)))) @ gradient.T)


def _crossing(beyond: Callable[[float], float], start: float, end: float) -> float:
    """Where `beyond` turns positive on the way from `start` to `end`; `end` if it never does."""
    step, inner = 0.25, start
    while step < abs(end - start):
        outer = start + copysign(step, end - start)
        if beyond(outer) > 0:
            return float(brentq(beyond, inner, outer, xtol=1e-3))
        inner, step = outer, 2 * step
    return end
