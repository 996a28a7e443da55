"""Several models of one run side by side, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from labs.experiments.results import ModelResult, Number
from labs.experiments.statistics.wording import percent


def compare(results: Sequence[ModelResult]) -> tuple[str, ...]:
    """One sentence a model, the most right answers first, and what the row does not show."""
    ranked = sorted(results, key=lambda each: -(_primary(each)["accuracy"].value or 0.0))
    return (*(_sentence(each) for each in ranked), _limits(len(ranked)))


def _primary(result: ModelResult) -> dict[str, Number]:
    lane = result.leading[0][0]
    return dict(result.lanes[lane])


def _sentence(result: ModelResult) -> str:
    n = _primary(result)
    return (
        f"{result.model}, {result.finding.verdict}: {_with_interval(n['accuracy'])} right, "
        f"{_with_interval(n['acting_share'])} of its answers mean “it can be done”, "
        f"{_with_interval(n['word_share'])} are the word YES, "
        f"{_with_interval(n['first_named_share'])} the word offered first."
    )


def _limits(count: int) -> str:
    return (
        "All were asked the same items, so intervals that overlap do not show that two are alike. "
        f"Whether models fall into two groups is not testable with {count} of them, and neither is "
        "what their size does."
    )


def _with_interval(found: Number) -> str:
    if found.value is None:
        return "not defined"
    if found.low is None or found.high is None:
        return percent(found.value)
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"
