"""One share: its Wilson interval, also when nothing or everything was counted."""

from __future__ import annotations

from math import sqrt

from scipy.special import ndtri

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.wording import SCOPE, interval_sentence, percent


def normal_quantile(confidence: float) -> float:
    """The z of a two-sided interval: 0.95 gives 1.96."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1, not at {confidence}")
    return float(ndtri((1 + confidence) / 2))


def wilson_bounds(share: float, n: float, z: float) -> tuple[float, float]:
    """The score interval of a share; `n` may be an effective, fractional number of items.

    Wilson 1927: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    """
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def wilson(
    successes: int, n: int, *, confidence: float = 0.95, what: str = "the true share"
) -> Estimate | NotDefined:
    """A share of `n` independent items with its Wilson interval."""
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} cannot be")
    if n == 0:
        return NotDefined("Nothing was counted, so there is no share.")
    low, high = wilson_bounds(successes / n, n, normal_quantile(confidence))
    sentence = _extreme_sentence(successes, n, low, high, what) or interval_sentence(
        what, percent(low), percent(high), confidence
    )
    return Estimate(successes / n, low, high, n, "Wilson interval", sentence)


def _extreme_sentence(successes: int, n: int, low: float, high: float, what: str) -> str:
    """None and all are facts about these items only: never "0 %" or "100 %" alone."""
    if successes == 0:
        return (
            f"It happened in none of {n} items; over all items like these, {what} may still be "
            f"as high as {percent(high)}. {SCOPE}"
        )
    if successes == n:
        return (
            f"It happened in all of {n} items; over all items like these, {what} may still be "
            f"as low as {percent(low)}. {SCOPE}"
        )
    return ""


def cohens_h(share: float, other: float) -> float:
    """Cohen's h = 2·asin(√p₁) − 2·asin(√p₂) (Cohen 1988, chapter 6)."""
    from statsmodels.stats.proportion import proportion_effectsize

    return float(proportion_effectsize(share, other))
