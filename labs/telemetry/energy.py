"""The energy that one part of the machine took between two moments, with its error.

The error is that of measuring over time; how well a sensor is calibrated, nobody here can tell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, sqrt
from statistics import median, stdev

from labs.telemetry.power import Domain, Sample

LONGEST_GAP_S = 2.0  # between readings; a longer one hides what went on
SHORTEST_S = {"counter": 2.0, "power": 5.0}  # power is told as its mean over a second
LEAST_READINGS = {"counter": 4, "power": 8}
LAG_S = 0.5  # a mean over a second tells of half a second ago
TOO_SHORT = "Too short: it took {took:.1f} s, and {needed:.0f} s are needed."
TOO_FEW = "Too few readings: {n} of the {needed} that are needed."
GAP = "The sensors were not read all the time."
BEGAN_ANEW = "The energy counter began anew meanwhile."


@dataclass(frozen=True)
class Amount:
    """A number with its error, a standard error where one is known and a bound elsewhere."""

    value: float
    error: float

    def times(self, factor: float) -> Amount:
        return Amount(self.value * factor, self.error * abs(factor))

    def plus(self, other: Amount) -> Amount:
        return Amount(self.value + other.value, hypot(self.error, other.error))


@dataclass(frozen=True)
class Taken:
    """Joules between two moments from `n_readings`, or the `reason` why they are not known."""

    joules: Amount | None = None
    n_readings: int = 0
    reason: str = ""


def energy_between(domain: Domain, start_s: float, end_s: float) -> Taken:
    """What the domain took from `start_s` to `end_s`, both seconds since the epoch.

    By a counter: E(end) − E(start), each found on the line between two readings. With f the place
    between them, d their distance and ΔP the step of power there, a phase that begins between two
    readings is off by f·(1 − f)·d·|ΔP|; that, at both ends, and the counter's resolution are the
    error. By power: the trapezoid rule; the error is T·s/√n of its n readings, with a lag of half
    a second at both ends, LAG·|ΔP|.
    """
    if domain.reason:
        return Taken(reason=domain.reason)
    if domain.method == "counter":
        return _counted(domain, start_s, end_s)
    return _integrated(domain.samples, start_s, end_s)


def refuse_short(domain: Domain, took_s: float, n_readings: int) -> str:
    """Why a stretch of `took_s` seconds tells too little, "" where it does not."""
    needed_s, needed = SHORTEST_S[domain.method], LEAST_READINGS[domain.method]
    if took_s < needed_s:
        return TOO_SHORT.format(took=took_s, needed=needed_s)
    return "" if n_readings >= needed else TOO_FEW.format(n=n_readings, needed=needed)


def idle_power(
    domain: Domain, before_s: float, busy: Sequence[tuple[float, float]], look_back_s: float
) -> Amount | None:
    """The median power of the readings in the `look_back_s` seconds before that touch none of the
    `busy` spans, nor the second after one; its error is 1.2533·s/√n. None from less than five."""
    quiet = [
        sample.value for sample in domain.watts
        if before_s - look_back_s <= sample.time_s < before_s
        and not any(start <= sample.time_s <= end + 1.0 for start, end in busy)
    ]  # fmt: skip
    if len(quiet) < 5:
        return None
    return Amount(median(quiet), 1.2533 * stdev(quiet) / sqrt(len(quiet)))


# ---- by a counter ----


def _counted(domain: Domain, start_s: float, end_s: float) -> Taken:
    samples, times = domain.samples, [sample.time_s for sample in domain.samples]
    first = bisect_right(times, start_s) - 1
    last = bisect_left(times, end_s)
    if first < 0 or last >= len(samples) or _has_gap(samples[first : last + 1]):
        return Taken(reason=GAP)
    if samples[first].since_s != samples[last].since_s:
        return Taken(reason=BEGAN_ANEW)
    inside_w = _mean_power(samples[first], samples[last])
    begin, begin_error = _at(samples, first, start_s, inside_w, first - 1)
    end, end_error = _at(samples, last - 1, end_s, inside_w, last)
    error = begin_error + end_error + domain.resolution_j
    n_inside = sum(start_s <= time <= end_s for time in times)
    return Taken(Amount(end - begin, error), n_inside)


def _at(
    samples: Sequence[Sample], left: int, time_s: float, inside_w: float, outside: int
) -> tuple[float, float]:
    """Joules at a moment after `samples[left]`, and how far they may be off; `outside` begins the
    step that lies on the other side of it."""
    before, after = samples[left], samples[min(left + 1, len(samples) - 1)]
    step_s = after.time_s - before.time_s
    if step_s <= 0:
        return before.value, 0.0
    share = (time_s - before.time_s) / step_s
    has_step = 0 <= outside < len(samples) - 1
    outside_w = _mean_power(samples[outside], samples[outside + 1]) if has_step else inside_w
    error = share * (1 - share) * step_s * abs(inside_w - outside_w)
    return before.value + share * (after.value - before.value), error


def _mean_power(one: Sample, other: Sample) -> float:
    took_s = other.time_s - one.time_s
    return (other.value - one.value) / took_s if took_s > 0 else 0.0


# ---- by power ----


def _integrated(samples: Sequence[Sample], start_s: float, end_s: float) -> Taken:
    times = [sample.time_s for sample in samples]
    first, last = bisect_right(times, start_s) - 1, bisect_left(times, end_s)
    if first < 0 or last >= len(samples) or _has_gap(samples[first : last + 1]):
        return Taken(reason=GAP)
    inside = [sample for sample in samples[first : last + 1] if start_s < sample.time_s < end_s]
    points = [
        Sample(start_s, _watts_at(samples, first, start_s)),
        *inside,
        Sample(end_s, _watts_at(samples, last - 1, end_s)),
    ]
    joules = sum(
        (right.time_s - left.time_s) * (left.value + right.value) / 2
        for left, right in pairwise(points)
    )
    watts = [sample.value for sample in inside]
    spread = stdev(watts) / sqrt(len(watts)) * (end_s - start_s) if len(watts) > 1 else 0.0
    middle = median(watts) if watts else points[0].value
    ends = [LAG_S * abs(middle - samples[place].value) for place in (first, last)]
    return Taken(Amount(joules, hypot(spread, *ends)), len(watts))


def _watts_at(samples: Sequence[Sample], left: int, time_s: float) -> float:
    before, after = samples[left], samples[min(left + 1, len(samples) - 1)]
    step_s = after.time_s - before.time_s
    share = (time_s - before.time_s) / step_s if step_s > 0 else 0.0
    return before.value + share * (after.value - before.value)


def _has_gap(samples: Sequence[Sample]) -> bool:
    """Also where the clock was set back: readings then do not follow each other."""
    steps = [b.time_s - a.time_s for a, b in pairwise(samples)]
    return any(not 0 < step <= LONGEST_GAP_S for step in steps)
