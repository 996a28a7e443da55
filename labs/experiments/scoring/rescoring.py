"""Scoring again without the model: free answers from their texts, and the scorer against a hand."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from labs.experiments.design import Design
from labs.experiments.experiment import Scorer
from labs.experiments.record.run_folder import LABELS, RunFolder
from labs.experiments.record.trials import TrialRecord
from labs.experiments.statistics.estimate import NotDefined
from labs.experiments.statistics.scorer import ScorerCheck, check_scorer
from models.engine.messages import StopReason
from models.errors import UserError

TO_LABEL = 30
SCHEMA_VERSION = 1
Key = tuple[str, str]  # model and key of the trial


@dataclass(frozen=True)
class Rescored:
    """One free answer, as it was scored in the run and as it is scored now."""

    record: TrialRecord
    before: str
    now: str
    rule: str

    @property
    def has_changed(self) -> bool:
        return self.before != self.now


def rescore(design: Design, scorer: Scorer, records: Sequence[TrialRecord]) -> tuple[Rescored, ...]:
    """Every free answer whose text was kept; failed trials have none."""
    trials = {trial.key: trial for trial in design.trials}
    found = []
    for record in records:
        lane = record.lanes.get("free")
        if lane is None or lane.text is None or record.key not in trials:
            continue
        stop = cast(StopReason, record.finish or "end")
        reading = scorer.read(trials[record.key], lane.text, stop)
        found.append(Rescored(record, lane.outcome, reading.outcome, reading.rule))
    return tuple(found)


def key_of(record: TrialRecord) -> Key:
    return (record.model, record.key)


def drawn_to_label(
    records: Sequence[TrialRecord], seed: int, count: int = TO_LABEL
) -> tuple[TrialRecord, ...]:
    """Free answers drawn at random, the same ones for the same run: picked ones would flatter
    the scorer or blacken it."""
    answers = sorted(
        (r for r in records if r.lanes.get("free") and r.lanes["free"].text is not None),
        key=key_of,
    )
    return tuple(random.Random(f"labels {seed}").sample(answers, min(count, len(answers))))


def read_labels(folder: RunFolder) -> dict[Key, str]:
    """The outcomes that were given by hand so far. Raises UserError when the file is damaged."""
    try:
        return {
            (each["model"], each["trial"]): str(each["outcome"])
            for each in folder.json(LABELS).get("labels", ())
        }
    except (KeyError, TypeError) as error:
        raise UserError(
            f"{LABELS} in {folder.path} is damaged.", "Delete it and label again."
        ) from error


def write_labels(folder: RunFolder, labels: Mapping[Key, str]) -> None:
    """Replace labels.json whole."""
    rows: list[dict[str, Any]] = [
        {"model": model, "trial": trial, "outcome": outcome}
        for (model, trial), outcome in sorted(labels.items())
    ]
    folder.write_json(LABELS, {"schema_version": SCHEMA_VERSION, "labels": rows})


def checked_by_hand(
    records: Sequence[TrialRecord], labels: Mapping[Key, str]
) -> ScorerCheck | NotDefined:
    """Sensitivity and specificity of the scorer over the answers that have a label."""
    both = [(labels[key_of(r)], str(r.outcome("free"))) for r in records if key_of(r) in labels]
    return check_scorer([hand for hand, _ in both], [scorer for _, scorer in both])
