"""How good the scorer is: its outcomes against labels given by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.proportions import wilson


@dataclass(frozen=True)
class LabelCheck:
    """For one outcome: found where the hand saw it, and left alone where the hand did not."""

    label: str
    sensitivity: Estimate | NotDefined
    specificity: Estimate | NotDefined


@dataclass(frozen=True)
class ScorerCheck:
    """`confusion[(by hand, by scorer)]` counts answers; `disagreements` are their positions."""

    agreement: Estimate | NotDefined
    labels: tuple[LabelCheck, ...]
    confusion: Mapping[tuple[str, str], int]
    disagreements: tuple[int, ...]


def check_scorer(
    by_hand: Sequence[str], by_scorer: Sequence[str], *, confidence: float = 0.95
) -> ScorerCheck | NotDefined:
    """Compare outcomes (labels, UNPARSED, …) given by hand and by the scorer, answer by answer.

    The answers are taken as drawn at random from the run; picked ones would flatter or blacken.
    """
    pairs = list(zip(by_hand, by_scorer, strict=True))
    if not pairs:
        return NotDefined("No answer has been labelled by hand yet.")
    wrong = tuple(place for place, (hand, scorer) in enumerate(pairs) if hand != scorer)
    agreement = wilson(
        len(pairs) - len(wrong), len(pairs), confidence=confidence, what="the true agreement"
    )
    outcomes = sorted({outcome for pair in pairs for outcome in pair})
    checks = tuple(_check(outcome, pairs, confidence) for outcome in outcomes)
    return ScorerCheck(agreement, checks, Counter(pairs), wrong)


def _check(label: str, pairs: Sequence[tuple[str, str]], confidence: float) -> LabelCheck:
    by_scorer_where = [scorer == label for hand, scorer in pairs if hand == label]
    by_scorer_elsewhere = [scorer == label for hand, scorer in pairs if hand != label]
    return LabelCheck(
        label,
        _share(sum(by_scorer_where), len(by_scorer_where), "sensitivity", label, confidence),
        _share(
            len(by_scorer_elsewhere) - sum(by_scorer_elsewhere),
            len(by_scorer_elsewhere),
            "specificity",
            label,
            confidence,
        ),
    )


def _share(right: int, n: int, name: str, label: str, confidence: float) -> Estimate | NotDefined:
    if n == 0:
        seen = "never" if name == "sensitivity" else "always"
        return NotDefined(f"By hand the outcome was {seen} {label}, so its {name} is not known.")
    return wilson(right, n, confidence=confidence, what=f"the true {name} for {label}")
