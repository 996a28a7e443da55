"""Answers over the minutes that are left: the curve, its threshold, near and far."""

from __future__ import annotations

from collections.abc import Sequence

from labs.experiments.charts import CurveChart, CurvePoint, CurveSeries
from labs.experiments.design import LANE_TITLES, Design
from labs.experiments.results import Number, Table, number
from labs.experiments.statistics.clusters import proportion
from labs.experiments.statistics.curve import margin_minutes, margin_scale
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import normal_quantile, wilson_bounds
from labs.experiments.statistics.psychometric import Psychometric, psychometric
from labs.temporal.crossing import Reply

NEAR_MINUTES = 15
LINE_POINTS = 61
BIMODALITY = Number(
    "Do models fall into two groups (bimodality)?",
    None,
    "number",
    reason="Not testable. The question is about many models, and each is one point here: a dip "
    "test needs 12 or more of them. Accuracies over the same few items also fall on the same few "
    "values, and such ties alone make the test see groups.",
)


def margin_of(reply: Reply) -> float | None:
    return reply.record.numbers.get("margin_minutes")


def off_boundary(given: Sequence[Reply]) -> tuple[Reply, ...]:
    """Clear answers with a margin other than 0: at 0 the rule decides, not the time."""
    return tuple(r for r in given if r.is_clear and margin_of(r))


def margin_numbers(given: Sequence[Reply]) -> dict[str, Number]:
    """Threshold and slope over both questions, accuracy near to the boundary and far from it."""
    fit = _fit_of_actions(given)
    threshold = fit if isinstance(fit, NotDefined) else fit.threshold_minutes
    slope = fit if isinstance(fit, NotDefined) else fit.slope
    with_margin = [r for r in given if margin_of(r)]
    near = [r for r in with_margin if abs(margin_of(r) or 0) <= NEAR_MINUTES]
    far = [r for r in with_margin if r not in near]
    return {
        "threshold_minutes": number("Minutes left at which the answer turns", threshold, "minutes"),
        "slope": number("How steeply the answer turns", slope, "number"),
        "near_accuracy": number(f"Right answers up to {NEAR_MINUTES} minutes", right_share(near)),
        "far_accuracy": number(f"Right answers beyond {NEAR_MINUTES} minutes", right_share(far)),
        "bimodality": BIMODALITY,
    }


def right_share(given: Sequence[Reply]) -> Estimate | NotDefined:
    """Right among all answers, the unclear ones included."""
    if not given:
        return NotDefined("Nothing was asked here.")
    return proportion([r.is_right for r in given], [r.cluster for r in given],
                      what="the true accuracy")  # fmt: skip


def curve_chart(design: Design, given: Sequence[Reply], lane: str, threshold: Number) -> CurveChart:
    """YES answers, one series a question. The lines of a model that can tell cross; of a model that
    biased to a word both are high or both low; of one biased to acting or waiting they lie
    apart."""
    kept = off_boundary(given)
    levels = design.factor("question").levels
    series = tuple(
        _series(title, [r for r in kept if r.is_turned == is_turned])
        for is_turned, title in zip((False, True), (level.title for level in levels), strict=True)
    )
    spans = any(factor.id == "relation" for factor in design.factors)
    return CurveChart(
        f"YES answers by the time that is left, {LANE_TITLES[lane]}",
        "Minutes apart, below 0 in common" if spans else "Minutes left, below 0 too late",
        series,
        _ticks(sorted({margin_of(r) or 0.0 for r in kept})),
        _finding(threshold),
    )


def distance_table(given: Sequence[Reply], lane: str) -> Table:
    """Right answers by how far an item lies from the boundary."""
    distances = sorted({abs(m) for r in given if (m := margin_of(r)) is not None})
    rows = []
    for distance in distances:
        own = [r for r in given if margin_of(r) in (distance, -distance)]
        rows.append((_duration(distance), number("Right answers", right_share(own))))
    return Table(
        f"Right answers by distance from the boundary, {LANE_TITLES[lane]}",
        ("Minutes before or after", "Right answers"), tuple(rows), FEW_ITEMS,
    )  # fmt: skip


FEW_ITEMS = "Each row holds few items: a hint for the next run, not a finding of this one."


def _duration(minutes: float) -> str:
    """Such as “2 h” or “15 min”."""
    hours = minutes / 60
    return f"{hours:g} h" if hours >= 1 and hours == int(hours) else f"{minutes:g} min"


def _fit_of_actions(given: Sequence[Reply]) -> Psychometric | NotDefined:
    """Both questions in one curve of answers that mean “it can be done”."""
    if not any(margin_of(r) for r in given):
        return NotDefined("The items of this set have no margin in minutes.")
    kept = off_boundary(given)
    acted = [r.acted for r in kept]
    if kept and len(set(acted)) == 1:
        what = "can be done" if acted[0] else "cannot be done"
        return NotDefined(f"Every answer meant “it {what}”, so nothing changes with the margin.")
    return _fit(kept, acted)


def _fit(given: Sequence[Reply], yes: Sequence[bool]) -> Psychometric | NotDefined:
    if not given:
        return NotDefined("No clear answer was given.")
    minutes = [margin_of(r) or 0.0 for r in given]
    return psychometric(minutes, yes, [r.cluster for r in given])


def _series(title: str, given: Sequence[Reply]) -> CurveSeries:
    fit = _fit(given, [r.said_yes for r in given])
    margins = sorted({margin_of(r) or 0.0 for r in given})
    points = tuple(_point(margin, [r for r in given if margin_of(r) == margin])
                   for margin in margins)  # fmt: skip
    if isinstance(fit, NotDefined):
        return CurveSeries(title, points)
    found = fit.threshold_minutes
    threshold = None
    if isinstance(found, Estimate):
        threshold = (margin_scale(found.value), margin_scale(found.low), margin_scale(found.high))
    return CurveSeries(title, points, _line(fit, margins), threshold)


def _point(margin: float, given: Sequence[Reply]) -> CurvePoint:
    """Its interval counts groups of items: two answers to one item are not two items."""
    yes, n = sum(r.said_yes for r in given), len(given)
    groups = len({r.cluster for r in given})
    low, high = wilson_bounds(yes / n, groups, normal_quantile(0.95))
    return CurvePoint(margin_scale(margin), yes, n, low, high)


def _line(fit: Psychometric, margins: Sequence[float]) -> tuple[tuple[float, float], ...]:
    low, high = margin_scale(margins[0]), margin_scale(margins[-1])
    xs = [low + (high - low) * place / (LINE_POINTS - 1) for place in range(LINE_POINTS)]
    return tuple((x, fit.curve.probability(margin_minutes(x))) for x in xs)


def _ticks(margins: Sequence[float]) -> tuple[tuple[float, str], ...]:
    return tuple((margin_scale(m), f"{m:g}".replace("-", "−")) for m in margins)


def _finding(threshold: Number) -> str:
    if threshold.value is None:
        first = f"At which time the answer turns is not defined. {threshold.reason}"
    else:
        ends = (threshold.low or 0.0, threshold.high or 0.0)
        value, low, high = (minutes_text(each) for each in (threshold.value, *ends))
        first = f"Both questions together, the answer turns at {value} minutes ({low} to {high})."
    return f"{first} {HOW_TO_READ}"


def minutes_text(value: float) -> str:
    """As exact as a minute can be told here: −90, −2.1, 0."""
    text = f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}".removesuffix(".0")
    return "0" if float(text) == 0 else text.replace("-", "−")


HOW_TO_READ = (
    "Lines that cross show a model that can tell; both high or both low, a bias to a word; one "
    "high and one low, a bias to acting or to waiting."
)
