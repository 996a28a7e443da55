"""The one finding of a brittleness run, in fixed words, and what it may not conclude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labs.experiments.analysis.common_caveats import LEAST_ANSWERED, common_caveats, is_able
from labs.experiments.design import LANE_TITLES, Design
from labs.experiments.results import Finding, Number
from labs.experiments.statistics.formats import Contrast, holm
from labs.experiments.statistics.wording import p_text, percent, percentage_points

ALPHA = 0.05
MOST_PLACEBO_FLIPS = 0.1
BY_WORDING = "answers by the wording"
CHANGES = "changes answers without favouring a format"
WORSE = "one format is worse"
NOTHING = "no effect visible at this n"
UNSTABLE = "changes answers even with edits that cannot matter"
UNANSWERED = "too few clear answers"
TOO_FEW = "too few items to say"


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on, all of the primary lane but `auroc`, which is the lean's."""

    design: Design
    numbers: Mapping[str, Number]
    accuracy: Sequence[Contrast]
    answers: Sequence[Contrast]
    auroc: Number | None
    lane: str

    @property
    def flips_beyond_placebo(self) -> bool:
        beyond = self.numbers["change_beyond_placebo"]
        return bool(beyond.value and beyond.value > 0 and beyond.p is not None and beyond.p < ALPHA)

    @property
    def is_unstable(self) -> bool:
        """More than a tenth of the items change with an edit that no reader would notice."""
        placebo = self.numbers["placebo_flip_rate"]
        return placebo.low is not None and placebo.low > MOST_PLACEBO_FLIPS

    @property
    def edits_move_yes(self) -> bool:
        """Edits that cannot matter push the answers in a direction, and not to and fro."""
        return (self.numbers["placebo_yes_rate_movement"].p or 1.0) < ALPHA

    @property
    def has_ability(self) -> bool:
        return is_able(self.numbers, self._lean)

    @property
    def _lean(self) -> dict[str, Number]:
        """What is known of the lean, whatever lane is judged."""
        weak = self.numbers.get("weak_share")
        found = {"auroc": self.auroc, "weak_share": weak}
        return {name: number for name, number in found.items() if number}

    def secondary_p(self) -> tuple[float, float]:
        """p of the moving YES rate and of the moving accuracy, Holm over the two."""
        raw = [self.numbers[key].p for key in ("yes_rate_movement", "accuracy_spread")]
        moved, worse = holm([1.0 if p is None else p for p in raw])
        return moved, worse

    def caveats(self) -> tuple[str, ...]:
        return common_caveats(len(self.design.items), self.numbers, self._lean)


def finding_of(evidence: Evidence) -> Finding:
    """Verdict, sentence, and what may not be concluded."""
    numbers = evidence.numbers
    answered, flips = numbers["answered_rate"], numbers["flip_rate"]
    if answered.value is None:
        return Finding(TOO_FEW, f"Nothing can be said. {answered.reason}", MAY_NOT)
    if flips.value is None or (answered.high is not None and answered.high < LEAST_ANSWERED / 2):
        return Finding(UNANSWERED, _unanswered_sentence(answered), MAY_NOT)
    verdict = _verdict(evidence)
    return Finding(verdict, _sentence(verdict, evidence), MAY_NOT)


def _verdict(evidence: Evidence) -> str:
    moved, spread = evidence.secondary_p()
    if not evidence.flips_beyond_placebo:
        if evidence.is_unstable:
            # Who follows even a reference number follows the wording all the more.
            return BY_WORDING if moved < ALPHA and evidence.edits_move_yes else UNSTABLE
        return NOTHING
    if moved < ALPHA:
        return BY_WORDING
    is_worse = any(c.p_holm < ALPHA for c in evidence.accuracy)
    if spread < ALPHA and is_worse and evidence.has_ability:
        return WORSE
    return CHANGES


def _sentence(verdict: str, evidence: Evidence) -> str:
    numbers = evidence.numbers
    flips, placebo = numbers["flip_rate"], numbers["placebo_flip_rate"]
    lane, n_items = LANE_TITLES[evidence.lane], len(evidence.design.items)
    rates = (
        f"{_percent(flips)} of {n_items} items change their answer with the format, "
        f"{_percent(placebo)} with an edit that cannot matter ({lane})."
    )
    if verdict == NOTHING:
        return f"No effect of the format is visible with {n_items} items: {rates}"
    if verdict == UNSTABLE:
        return (
            "Even edits that cannot matter change the answer, each about as often as a format "
            f"does: {rates}"
        )
    if verdict == BY_WORDING:
        return f"{_wording_sentence(evidence)} {rates}"
    if verdict == WORSE:
        worst = min(evidence.accuracy, key=lambda c: _value(c))
        title = evidence.design.factor("format").title_of(worst.name)
        return (
            f"One format is worse: with “{title}” {percentage_points(abs(_value(worst)))} fewer "
            f"answers are right than with the baseline (p {p_text(worst.p_holm)} after the "
            f"correction for {len(evidence.accuracy)} comparisons). {rates}"
        )
    return f"The format changes answers without favouring one of them. {rates}"


def _wording_sentence(evidence: Evidence) -> str:
    moved = evidence.numbers["yes_rate_movement"]
    edits = evidence.numbers["placebo_yes_rate_movement"]
    beside = (
        f", and by {percentage_points(edits.value or 0)} between edits that cannot matter"
        if evidence.is_unstable and evidence.edits_move_yes
        else ""
    )
    return (
        "This model answers by the wording: its YES rate moves by "
        f"{percentage_points(moved.value or 0)} between formats, where "
        f"{percentage_points(moved.extra['expected_by_chance'])} would be expected by "
        f"chance{beside}."
    )


MAY_NOT = (
    "that another model, task or language behaves alike",
    "why the model does it: sensitivity to format says nothing about architecture by itself",
    "that a format which did well here is the best one elsewhere",
)


def _unanswered_sentence(answered: Number) -> str:
    clear = f"Only {percent(answered.value)}" if answered.value else "None"
    return f"{clear} of the answers were clear, so whether they hang on the wording cannot be said."


def _percent(found: Number) -> str:
    return "none" if found.value is None else percent(found.value)


def _value(contrast: Contrast) -> float:
    return getattr(contrast.difference, "value", 0.0)
