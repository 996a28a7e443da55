"""The three lanes of a trial, from what the engine said of one row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from labs.experiments.design import Design, Lane, Trial
from labs.experiments.record.trials import LaneResult
from labs.experiments.scoring.answers import ERROR
from models.engine.messages import LabelScore, RowResult

if TYPE_CHECKING:
    from labs.experiments.experiment import Scorer  # which stands on scipy

WEAK_LABEL_MASS = 0.5  # below this the model did not want to answer in this form


def lanes_of(
    trial: Trial, row: RowResult, design: Design, scorer: Scorer
) -> dict[Lane, LaneResult]:
    """Free answer, forced choice and lean, as far as the row has them."""
    found: dict[Lane, LaneResult] = {}
    if "free" in design.lanes:
        reading = scorer.read(trial, row.text, row.stop_reason)
        found["free"] = LaneResult(reading.outcome, text=row.text, rule=reading.rule)
    if row.labels:
        if "forced" in design.lanes:
            found["forced"] = LaneResult(max(row.labels, key=lambda label: label.best).name)
        if "likelihood" in design.lanes:
            found["likelihood"] = lean(row.labels)
    return found


def lean(labels: tuple[LabelScore, ...]) -> LaneResult:
    """The likeliest class over all spellings; the score is the log-odds of the first class
    against all others together, log p₁ − log Σ p_k, in nats."""
    logprobs = {label.name: label.logprob for label in labels}
    first, *others = logprobs.values()
    against = float(np.logaddexp.reduce(others)) if others else -math.inf
    return LaneResult(
        outcome=max(logprobs, key=logprobs.__getitem__),
        score=_finite(first - against),
        label_mass=float(sum(math.exp(value) for value in logprobs.values())),
        logprobs={name: _finite(value) for name, value in logprobs.items()},
    )


def failed_lanes(design: Design) -> dict[Lane, LaneResult]:
    return {lane: LaneResult(ERROR) for lane in design.lanes}


def margin_of(row: RowResult) -> float:
    """The smallest lead in nats with which a label or any token of the answer won, so that the
    answer is covered to its end; inf without one."""
    scores = [[each.logprob for each in row.labels], [each.best for each in row.labels]]
    return min([*map(_lead, scores), *(each.lead for each in row.drawn)])


def largest_difference(one: RowResult, other: RowResult) -> float:
    """How far any label, shared first token or lead of the answer moved between two readings, in
    nats."""
    pairs = [(a.logprob, b.logprob) for a, b in zip(one.labels, other.labels, strict=True)]
    first = {a.token_id: a.logprob for a in one.top}
    pairs += [(first[a.token_id], a.logprob) for a in other.top if a.token_id in first]
    moved = [abs(a - b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]
    return max([*moved, *_answer_changes(one, other)], default=0.0)


def lead_change(one: RowResult, other: RowResult) -> float:
    """How far the lead of a winner over the second moved between two readings, in nats, for
    labels and every token of the answer. What moves all alike changes no answer and does not
    count."""
    labels = [{each.name: each.logprob for each in row.labels} for row in (one, other)]
    best = [{each.name: each.best for each in row.labels} for row in (one, other)]
    return max(_change(*labels), _change(*best), *_answer_changes(one, other), 0.0)


def _answer_changes(one: RowResult, other: RowResult) -> Iterator[float]:
    """Token by token up to the first that differs: there one lead was lost and another won."""
    for a, b in zip(one.drawn, other.drawn, strict=False):
        if a.token_id != b.token_id:
            yield a.lead + b.lead
            return
        yield abs(a.lead - b.lead)


def _change(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    ranked = sorted(one, key=one.__getitem__, reverse=True)[:2]
    if len(ranked) < 2 or any(name not in other for name in ranked):
        return 0.0
    first, second = ranked
    change = abs((one[first] - one[second]) - (other[first] - other[second]))
    return change if math.isfinite(change) else 0.0


def same_answers(one: Mapping[Lane, LaneResult], other: Mapping[Lane, LaneResult]) -> bool:
    """The same outcome in every lane."""
    return {k: v.outcome for k, v in one.items()} == {k: v.outcome for k, v in other.items()}


def _lead(logprobs: list[float]) -> float:
    ranked = sorted(logprobs, reverse=True)
    return ranked[0] - ranked[1] if len(ranked) > 1 else math.inf


def _finite(value: float) -> float:
    """JSON knows no infinity: a probability that has become 0 is taken as e^-100."""
    return max(-100.0, min(100.0, value))
