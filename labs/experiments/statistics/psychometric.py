"""How the share of YES moves with the time that is left: threshold and slope, if they exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from numpy.typing import ArrayLike

from labs.experiments.statistics.clusters import (
    ONE_GROUP,
    Clusters,
    all_distinct,
    t_quantile,
)
from labs.experiments.statistics.curve import (
    Curve,
    Fit,
    MarginPoint,
    margin_minutes,
    margin_points,
)
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import normal_quantile
from labs.experiments.statistics.wording import interval_sentence

FEWEST_MARGINS = 3

NO_CROSSING = NotDefined(
    "The curve does not cross one half between the smallest and the largest margin, so there is "
    "no time at which the answer turns."
)
FLAT = NotDefined(
    "The interval of the slope holds 0: the answers may not depend on the margin at all, so there "
    "is no time at which they turn."
)
UNBOUNDED = NotDefined(
    "The answers change with the margin, but they are too few to say between which times they turn."
)


@dataclass(frozen=True)
class Psychometric:
    """The curve with what can be said of it; `threshold_minutes` is where the answer turns."""

    points: tuple[MarginPoint, ...]
    curve: Curve
    slope: Estimate
    threshold_minutes: Estimate | NotDefined


def psychometric(
    minutes: Sequence[float],
    said_yes: ArrayLike,
    clusters: Clusters | None = None,
    *,
    confidence: float = 0.95,
    interval: str = "profile",
) -> Psychometric | NotDefined:
    """Fit the curve to answered items; `minutes` is what is left, negative when it is too late.

    The threshold −a/b is not defined when the interval of the slope holds 0, or when the curve
    does not cross one half between the smallest and the largest margin. Its `interval`, in
    minutes, is that of the profile likelihood, or Fieller's (1954) on "fieller": in simulation
    both held the truth, but at 48 items Fieller's had no end for 63 of 100 able models, and the
    steeper their curve, the less it said. Where items come in groups, both intervals are widened
    by the groups' inflation of the variance, with Student's t.
    """
    points = margin_points(minutes, said_yes)
    reason = _no_curve(points, clusters)
    if reason is not None:
        return reason
    fit, z, n = Fit(points), normal_quantile(confidence), sum(point.n for point in points)
    over = ""
    if clusters is not None and not all_distinct(clusters):
        n = len(set(clusters))
        over = f", clustered by {n} groups of items"
        z = t_quantile(n, confidence) * sqrt(fit.inflation(minutes, said_yes, clusters))
    curve = fit.curve()
    slope = _slope(curve, fit.slope_bounds(z), n, over, confidence)
    found: Estimate | NotDefined | None = _no_threshold(curve, slope, points)
    if found is None:
        bounds = fieller(curve, z) if interval == "fieller" else fit.threshold_bounds(z)
        in_minutes = None if bounds is None else _in_minutes(bounds, points)
        found = _threshold(curve, in_minutes, n, over, confidence, interval)
    return Psychometric(points, curve, slope, found)


def _no_curve(points: Sequence[MarginPoint], clusters: Clusters | None) -> NotDefined | None:
    """Why these answers give no curve; None when they do."""
    if len(points) < FEWEST_MARGINS:
        return NotDefined(
            f"There are answers at {len(points)} margins; a curve needs at least {FEWEST_MARGINS}."
        )
    n, answers = sum(point.n for point in points), sum(point.yes for point in points)
    if answers in (0, n):
        word = "NO" if answers == 0 else "YES"
        return NotDefined(f"Every answer was {word}, so nothing changes with the margin.")
    if clusters is not None and len(set(clusters)) < 2:
        return ONE_GROUP
    return None


def _slope(
    curve: Curve, bounds: tuple[float, float], n: int, over: str, confidence: float
) -> Estimate:
    """`over` names the groups that n counts; "" where it counts answers."""
    low, high = bounds
    sentence = interval_sentence("the true slope", f"{low:.2f}", f"{high:.2f}", confidence)
    method = f"penalised fit, profile likelihood{over}"
    return Estimate(curve.slope, low, high, n, method, sentence)


def _no_threshold(
    curve: Curve, slope: Estimate, points: Sequence[MarginPoint]
) -> NotDefined | None:
    """Why there is no time at which the answer turns; None when there may be one."""
    if slope.low <= 0 <= slope.high:
        return FLAT
    first, last = (curve.probability(points[place].minutes) - 0.5 for place in (0, -1))
    return NO_CROSSING if first * last >= 0 else None


def _in_minutes(bounds: tuple[float, float], points: Sequence[MarginPoint]) -> tuple[float, float]:
    """Bounds in x as minutes; where the answers part cleanly, they hold the whole gap between,
    in which nothing was asked."""
    low, high = (margin_minutes(x) for x in bounds)
    gap = clean_gap(points)
    return (low, high) if gap is None else (min(low, gap[0]), max(high, gap[1]))


def clean_gap(points: Sequence[MarginPoint]) -> tuple[float, float] | None:
    """The two margins between which all answers turn from one to the other, if they do."""
    shares = [point.yes / point.n for point in points]
    turns = [place for place, pair in enumerate(pairwise(shares)) if pair[0] != pair[1]]
    if set(shares) != {0.0, 1.0} or len(turns) != 1:
        return None
    return points[turns[0]].minutes, points[turns[0] + 1].minutes


def _threshold(
    curve: Curve,
    bounds: tuple[float, float] | None,
    n: int,
    over: str,
    confidence: float,
    interval: str,
) -> Estimate | NotDefined:
    if bounds is None:
        return UNBOUNDED
    value = margin_minutes(-curve.intercept / curve.slope)
    low, high = bounds
    sentence = interval_sentence(
        "the true threshold", f"{low:.3g} minutes", f"{high:.3g} minutes", confidence
    )
    method = "Fieller interval" if interval == "fieller" else "profile likelihood"
    return Estimate(value, low, high, n, f"penalised fit, {method}{over}", sentence)


def fieller(curve: Curve, z: float) -> tuple[float, float] | None:
    """All x with |a + b·x| ≤ z·√Var(a + b·x); None when they are not one finite interval."""
    a, b, v = curve.intercept, curve.slope, curve.covariance
    square = b * b - z * z * v[1, 1]
    if square <= 0:
        return None
    half, rest = a * b - z * z * v[0, 1], a * a - z * z * v[0, 0]
    root = sqrt(max(half * half - square * rest, 0.0))
    return float((-half - root) / square), float((-half + root) / square)
