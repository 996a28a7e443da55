"""Several models of one run beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from labs.experiments.design import LANE_TITLES
from labs.experiments.record.trials import TrialRecord
from labs.experiments.report.blocks import Block, Grid, Heading, Text
from labs.experiments.report.record import RunRecord
from labs.experiments.report.words import around_text, counted_text, value_text
from labs.experiments.results import Number, number
from labs.experiments.scoring.answers import ERROR
from labs.experiments.statistics.formats import Contrast, against_baseline
from labs.experiments.statistics.wording import p_text

NOTE = (
    "The same trials are compared one by one, with the Holm correction over the rows. To explore, "
    "not to decide: only the outcome that was chosen before the run has a verdict."
)


def side_by_side(record: RunRecord) -> Iterator[Block]:
    """Verdicts, the numbers that lead, and right answers trial by trial, of the models that
    finished the same items."""
    results = record.compared
    yield Heading("Models side by side", 2)
    yield from map(Text, record.comparison)
    if len(results) < 2:
        return
    keys = dict.fromkeys(key for result in results for key in result.leading)
    rows = [("Verdict", *(result.finding.verdict for result in results))]
    for lane, name in keys:
        found = [result.lanes.get(lane, {}).get(name) for result in results]
        title = next((each.title for each in found if each), name)
        rows.append((title, *map(_cell, found)))
    yield Grid("", ("", *(result.model for result in results)), tuple(rows))
    yield from _right_answers(record)


def _cell(found: Number | None) -> str:
    """Value, and on a second line what lies around it."""
    if found is None:
        return "–"
    around = "; ".join(filter(None, (around_text(found), counted_text(found))))
    return f"{value_text(found)}\n{around}"


def _right_answers(record: RunRecord) -> Iterator[Block]:
    lane = str(record.plan.design["primary"]["lane"])
    first, *others = (result.model for result in record.compared)
    if not all("accuracy" in result.lanes.get(lane, {}) for result in record.compared):
        return
    rows = tuple(map(_row, _contrasts(record, lane, [first, *others])))
    title = f"Right answers against {first}, {LANE_TITLES.get(lane, lane)}"
    columns = ("", "difference", "gained", "lost", "p, corrected")
    yield Grid(title, columns, rows, NOTE)


def _contrasts(record: RunRecord, lane: str, models: Sequence[str]) -> Sequence[Contrast]:
    by_model = {model: {r.key: r for r in record.of(model)} for model in models}
    keys = [key for key in by_model[models[0]] if all(key in each for each in by_model.values())]
    right = {
        model: np.array([_is_right(found[key], lane) for key in keys])
        for model, found in by_model.items()
    }
    clusters = [by_model[models[0]][key].cluster for key in keys]
    return against_baseline(right, models[0], clusters, seed=record.plan.seed)


def _is_right(record: TrialRecord, lane: str) -> float:
    outcome = record.outcome(lane)
    return np.nan if outcome in (None, ERROR) else float(outcome == record.truth)


def _row(contrast: Contrast) -> tuple[str, ...]:
    difference = number("", contrast.difference, "points")
    return (
        contrast.name, f"{value_text(difference)}\n{around_text(difference) or difference.reason}",
        str(contrast.gained), str(contrast.lost), p_text(contrast.p_holm).removeprefix("= "),
    )  # fmt: skip
