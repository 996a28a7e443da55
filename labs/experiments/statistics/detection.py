"""Telling yes from no, and leaning to yes: two different things (signal detection theory)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

from scipy.special import ndtri

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import normal_quantile, wilson
from labs.experiments.statistics.wording import interval_sentence, percent

ONE_CLASS = NotDefined(
    "The items have one right answer only, so telling yes from no cannot be measured. "
    "Use items of both kinds."
)


@dataclass(frozen=True)
class SignalDetection:
    """`hits`: yes where yes is right; `false_alarms`: yes where no is right."""

    hit_rate: Estimate
    false_alarm_rate: Estimate
    d_prime: Estimate
    criterion: Estimate
    balanced_accuracy: Estimate


def signal_detection(
    hits: int, n_yes: int, false_alarms: int, n_no: int, *, confidence: float = 0.95
) -> SignalDetection | NotDefined:
    """Sensitivity d′ and bias c of `n_yes` and `n_no` answered items.

    d′ = z(H) − z(F), c = −(z(H) + z(F))/2 with H = (hits + ½)/(n + 1), F alike (Hautus 1995);
    variance of z(H) is H(1 − H)/(n·φ(z(H))²) (Gourevitch and Galanter 1967). Negative c leans to
    yes. Hit and false-alarm rates are the raw shares with their Wilson intervals.
    """
    hit_rate = wilson(hits, n_yes, confidence=confidence, what="the true hit rate")
    alarm_rate = wilson(false_alarms, n_no, confidence=confidence, what="the true false-alarm rate")
    if isinstance(hit_rate, NotDefined) or isinstance(alarm_rate, NotDefined):
        return ONE_CLASS
    z_hit, variance_hit = _z_and_variance(hits, n_yes)
    z_alarm, variance_alarm = _z_and_variance(false_alarms, n_no)
    error = sqrt(variance_hit + variance_alarm)
    n, z = n_yes + n_no, normal_quantile(confidence)
    return SignalDetection(
        hit_rate,
        alarm_rate,
        _normal_estimate("the true d′", z_hit - z_alarm, error, n, z, confidence),
        _normal_estimate("the true bias", -(z_hit + z_alarm) / 2, error / 2, n, z, confidence),
        _balanced_accuracy(hits, n_yes, false_alarms, n_no, confidence),
    )


def _z_and_variance(count: int, n: int) -> tuple[float, float]:
    rate = (count + 0.5) / (n + 1)
    z = float(ndtri(rate))
    density = exp(-z * z / 2) / sqrt(2 * pi)
    return z, rate * (1 - rate) / (n * density**2)


def _normal_estimate(
    what: str, value: float, error: float, n: int, z: float, confidence: float
) -> Estimate:
    low, high = value - z * error, value + z * error
    sentence = interval_sentence(what, f"{low:.2f}", f"{high:.2f}", confidence)
    return Estimate(value, low, high, n, "Gourevitch and Galanter's variance", sentence)


def _balanced_accuracy(
    hits: int, n_yes: int, false_alarms: int, n_no: int, confidence: float
) -> Estimate:
    """(1 + H − F)/2 of the raw rates; Newcombe's interval of H − F (1998, method 10), carried
    over."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        hits, n_yes, false_alarms, n_no, method="newcomb", compare="diff", alpha=1 - confidence
    )
    value = (1 + hits / n_yes - false_alarms / n_no) / 2
    low, high = max(0.0, float(1 + low) / 2), min(1.0, float(1 + high) / 2)
    sentence = interval_sentence(
        "the true balanced accuracy", percent(low), percent(high), confidence
    )
    return Estimate(value, low, high, n_yes + n_no, "Newcombe hybrid score interval", sentence)
