"""The numbers that every run with right and wrong answers has, for one lane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labs.experiments.analysis.tables import answered
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import Number, number
from labs.experiments.scoring.answers import NO_ANSWER
from labs.experiments.scoring.lanes import WEAK_LABEL_MASS
from labs.experiments.statistics.clusters import clustered_mean, proportion
from labs.experiments.statistics.detection import signal_detection
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.ranking import auroc

NOTHING = NotDefined("No clear answer was given, so there is no value.")


def common_numbers(
    records: Sequence[TrialRecord], lane: str, classes: Sequence[str], acting: str
) -> dict[str, Number]:
    """Answered rate, accuracy over all and over clear answers, YES rate, false alarms and misses,
    d′ and criterion; for the lean AUROC and room left for the label.

    Intervals count groups of items: all answers to one item hang together.
    """
    asked = [r for r in records if r.outcome(lane) is not None]
    clear = answered(asked, lane)
    found = {
        "answered_rate": number("Clear answers", _share(
            asked, [r.outcome(lane) not in NO_ANSWER for r in asked], "the true share of clear "
            "answers")),
        "accuracy": number("Right answers", _share(
            asked, [r.outcome(lane) == r.truth for r in asked], "the true accuracy")),
        "accuracy_answered": number("Right among clear answers", _share(
            clear, [r.outcome(lane) == r.truth for r in clear], "the true accuracy")),
    }  # fmt: skip
    if len(classes) == 2:
        found |= _two_classes(clear, lane, acting)
    if lane == "likelihood":
        found |= _lean_numbers(asked, acting)
    return found


def _share(records: Sequence[TrialRecord], hits: list[bool], what: str) -> Estimate | NotDefined:
    if not records:
        return NOTHING
    return proportion(hits, [r.cluster for r in records], what=what)


def _two_classes(clear: Sequence[TrialRecord], lane: str, acting: str) -> dict[str, Number]:
    said = [r.outcome(lane) == acting for r in clear]
    truth = [r.truth == acting for r in clear]
    found = {"yes_rate": number("YES answers", _share(clear, said, "the true YES rate"))}
    detected = signal_detection(said, truth, [r.cluster for r in clear]) if clear else NOTHING
    if isinstance(detected, NotDefined):
        parts: dict[str, Estimate | NotDefined] = dict.fromkeys(_DETECTION, detected)
    else:
        yes = [r for r in clear if r.truth == acting]
        misses = _share(yes, [r.outcome(lane) != acting for r in yes], "the true share of misses")
        parts = {
            "false_positive_rate": detected.false_alarm_rate,
            "false_negative_rate": misses,
            "d_prime": detected.d_prime,
            "criterion": detected.criterion,
            "balanced_accuracy": detected.balanced_accuracy,
        }
    units = {"d_prime": "number", "criterion": "number"}
    return found | {
        key: number(_DETECTION[key], value, units.get(key, "share"))  # type: ignore[arg-type]
        for key, value in parts.items()
    }


_DETECTION = {
    "false_positive_rate": "YES where NO is right",
    "false_negative_rate": "NO where YES is right",
    "d_prime": "Telling yes from no (d′)",
    "criterion": "Leaning (criterion c, negative leans to YES)",
    "balanced_accuracy": "Balanced accuracy",
}


def _lean_numbers(records: Sequence[TrialRecord], acting: str) -> dict[str, Number]:
    """One mean lean an item: what bias moves all of them alike leaves the ranking as it is."""
    leans: dict[tuple[str, str, str], list[float]] = {}
    masses: list[float] = []
    for record in records:
        result = record.lanes["likelihood"]
        if result.score is not None and result.label_mass is not None:
            leans.setdefault((record.item, record.cluster, record.truth), []).append(result.score)
            masses.append(result.label_mass)
    if not leans:
        return {"auroc": number("Ranking by the lean (AUROC)", NOTHING)}
    groups = [cluster for _, cluster, _ in leans]
    area = auroc(
        [float(np.mean(values)) for values in leans.values()],
        [truth == acting for _, _, truth in leans], groups,
    )  # fmt: skip
    of = [r.cluster for r in records if r.lanes["likelihood"].score is not None]
    weak = [mass < WEAK_LABEL_MASS for mass in masses]
    return {
        "auroc": number("Ranking by the lean (AUROC)", area, "number"),
        "label_mass": number("Room left for the label", clustered_mean(masses, of)),
        "weak_share": number("Leans with too little room", proportion(weak, of)),
    }
