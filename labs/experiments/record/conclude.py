"""From finished trials to results: analysis, results.json, the table, the reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from labs.experiments.design import Design
from labs.experiments.experiment import Experiment
from labs.experiments.record.left_out import compared, left_out_sentences, set_aside
from labs.experiments.record.plan import Plan, design_of
from labs.experiments.record.run_folder import RESULTS, RunFolder
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import ModelResult, as_data
from models.errors import UserError


def conclude(folder: RunFolder, experiment: Experiment) -> dict[str, Any]:
    """Work out and write what a run shows; returns the content of results.json.

    Needs no model and may be called again at any time. Raises UserError when nothing is finished.
    """
    plan = folder.plan()
    design = design_of(plan, experiment)
    records = folder.trials()
    if not records:
        raise UserError(
            f"No trial of the run in {folder.path} is finished yet.", "Resume it first."
        )
    results = analyse(experiment, plan, design, records)
    items = items_by_model(plan, design, records)
    within = [each for each in results if each.model in compared(items)]
    comparison = experiment.compare(within) if experiment.compare and len(within) > 1 else ()
    left_out = left_out_sentences(items, len(design.items))
    data = as_data(
        results, (*comparison, *left_out), **_about(plan, design, records, folder),
        compared=[each.model for each in within],
    )  # fmt: skip
    folder.write(RESULTS, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    # Only here: it brings a plotting library, which nobody needs who does not conclude.
    from labs.experiments.report.write import write_reports

    write_reports(folder)
    return data


def analyse(
    experiment: Experiment, plan: Plan, design: Design, records: Sequence[TrialRecord]
) -> tuple[ModelResult, ...]:
    """One result for each model that has whole items, over these alone: what is said of a run
    that was stopped rests on no more."""
    found = []
    for model in plan.models:
        own = whole_items(design, [r for r in records if r.model == model])
        if own:
            asked = design.of({record.item for record in own})
            found.append(experiment.analyse(asked, model, own, plan.seed))
    return tuple(found)


def items_by_model(
    plan: Plan, design: Design, records: Sequence[TrialRecord]
) -> dict[str, frozenset[str]]:
    """The items of which each model has every trial."""
    return {
        model: frozenset(
            record.item for record in whole_items(design, [r for r in records if r.model == model])
        )
        for model in plan.models
    }


def whole_items(design: Design, records: Sequence[TrialRecord]) -> tuple[TrialRecord, ...]:
    """The records of items whose every trial is finished, in the order of the design; what the
    design does not ask is left out."""
    place = {trial.key: i for i, trial in enumerate(design.trials)}
    known = [record for record in records if record.key in place]
    needed = Counter(trial.item for trial in design.trials)
    had = Counter(record.item for record in known)
    whole = {item for item, count in had.items() if count >= needed[item]}
    return tuple(sorted((r for r in known if r.item in whole), key=lambda r: place[r.key]))


def _about(
    plan: Plan, design: Design, records: Sequence[TrialRecord], folder: RunFolder
) -> dict[str, Any]:
    total = len(design.trials) * len(plan.models)
    events, done = folder.events(), Counter(record.model for record in records)
    unfinished = [model for model in plan.models if done[model] < len(design.trials)]
    return {
        "experiment": plan.experiment,
        "plan_hash": plan.hash,
        "complete": len(records) >= total,
        "n_trials": len(records),
        "n_planned": total,
        "events": dict(Counter(event["event"] for event in events)),
        "set_aside": set_aside(events, unfinished),
        "primary": dict(plan.design["primary"]),
    }
