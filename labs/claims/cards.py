"""Claim cards: the claim, what its eight items may conclude, and how to put it to the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from labs.claims.claims import ALWAYS_ACTS, BRITTLE, CLAIMS, TWO_KINDS, Claim
from labs.claims.numbers import Numbers, of_false_positives, of_formats, of_models
from labs.experiments.experiment import Time
from labs.experiments.results import Number, Table
from labs.experiments.statistics.wording import p_text, percent

ORIGINAL_ID = "original-eight"
ORIGINAL_SET = f"{ORIGINAL_ID}.yaml"


@dataclass(frozen=True)
class Protocol:
    """How to do it properly: an experiment of the catalogue with these options, and what its
    result may conclude. `scenarios` names a set that ships; `models` is the fewest it takes."""

    experiment: str
    time: Time
    sentence: str
    may_conclude: str
    options: Mapping[str, str] = field(default_factory=dict)
    scenarios: str = ""
    models: int = 1


@dataclass(frozen=True)
class Card:
    """One claim with both sides. `small` is the table of what eight items show, in its numbers;
    `may_conclude` what follows from them, and `replicate` how to see it on one's own model."""

    claim: Claim
    numbers: Numbers
    small: Table
    may_conclude: tuple[str, ...]
    replicate: Protocol
    proper: Protocol


def cards() -> tuple[Card, ...]:
    """All cards; takes a moment, as chance is simulated."""
    return tuple(card_of(claim.id) for claim in CLAIMS)


def card_of(claim_id: str) -> Card:
    """Raises KeyError for an id that no claim has."""
    claim, compute, conclude, proper = _CARDS[claim_id]
    numbers = compute()
    rows = tuple((each.title, each) for each in numbers.values())
    small = Table("What eight items show", ("", "Value"), rows, _INTERVALS)
    return Card(claim, numbers, small, conclude(numbers), REPLICATE, proper)


def _on_formats(numbers: Numbers) -> tuple[str, ...]:
    mean, tail, rule = numbers["chance_mean"], numbers["chance_95"], numbers["rule_fires"]
    return (
        f"Formats without any effect would spread by {_points(mean)} on average and by up to "
        f"{_points(tail)} in 95 of 100 runs. The {_points(numbers['claimed'])} of the claim are "
        f"not beyond that.",
        f"The rule “more than 30 points” would call "
        f"{percent(rule.extra['items_of_unequal_difficulty'])} to {_percent(rule)} of models "
        "brittle for which the format makes no difference.",
        f"Even five items that all change one way give p {p_text(numbers['mcnemar'].p or 1)}; with "
        f"ten pairs of formats it would take {numbers['fewest_flips'].value:.0f} such items, and "
        f"there are {numbers['claimed'].n}.",
    )


def _on_false_positives(numbers: Numbers) -> tuple[str, ...]:
    all_four, one = numbers["all_four"], numbers["one_of_four"]
    return (
        f"YES to all four closed items: over all items like these the rate may be as low as "
        f"{percent(all_four.low or 0)}.",
        f"One wrong answer of four is already 25 %, with an interval from {percent(one.low or 0)} "
        f"to {percent(one.high or 0)}: the rule “more than 20 % matters” cannot be used here.",
        f"A model that always says YES has {_percent(numbers['always_yes_accuracy'])} right on a "
        "balanced set, never 0 %. No right answer at all together with 100 % false positives "
        "means answers without a label, or answers turned round, and no leaning to act.",
    )


def _on_models(numbers: Numbers) -> tuple[str, ...]:
    against, equal = numbers["all_against_none"], numbers["equal_models"]
    reach = numbers["size_correlation"]
    return (
        f"Eight of eight against none of eight is a difference (p {p_text(against.p or 1)}): "
        "these two models did not do alike on these items.",
        f"Among eight equally able models the best would still be {_points(equal)} ahead of the "
        f"worst on average. Accuracies move in steps of {_points(numbers['one_step'])}, so that "
        "many models share a value, and a test for two kinds takes shared values for kinds.",
        f"A correlation with size of 0 among eight models may truly lie anywhere from "
        f"{reach.low:.2f} to {reach.high:.2f}: nothing follows about size.",
    )


def _points(found: Number) -> str:
    return f"{100 * (found.value or 0):.3g} percentage points"


def _percent(found: Number) -> str:
    return percent(found.value or 0)


_INTERVALS = "Computed here from eight items; intervals are Wilson's, tests are exact."

REPLICATE = Protocol(
    "brittleness", "class",
    "Run the eight items in four tones on a model of yours.",
    "One run, one outcome: run it with other seeds or other words, and see it move.",
    {"family": "tone", "lane": "free"}, ORIGINAL_SET,
)  # fmt: skip

_Conclude = Callable[[Numbers], tuple[str, ...]]
_CARDS: Mapping[str, tuple[Claim, Callable[[], Numbers], _Conclude, Protocol]] = {
    BRITTLE.id: (BRITTLE, of_formats, _on_formats, Protocol(
        "brittleness", "report",
        "Eighty items in pairs, six tones, edits that cannot matter beside them, one primary "
        "outcome chosen before the run.",
        "Whether the tone changes the answers of this model on this task beyond such edits, and "
        "which tone is worse than the baseline. Not why, and not for other models or tasks.",
        {"family": "tone", "lane": "free"}, "medication.yaml",
    )),
    ALWAYS_ACTS.id: (ALWAYS_ACTS, of_false_positives, _on_false_positives, Protocol(
        "temporal", "report",
        "Ninety-six items from two hours before to two hours after, half of them closed, and every "
        "question also turned round.",
        "Whether this model leans to acting, or to the word YES, or cannot tell open from closed: "
        "three different faults that one rate mixes up.",
    )),
    TWO_KINDS.id: (TWO_KINDS, of_models, _on_models, Protocol(
        "temporal", "report",
        "The same ninety-six items for at least twelve models, all with their chat template.",
        "How these models differ, with an interval for each. Below twelve models, or where many "
        "share a value, two kinds cannot be tested; a claim about size needs several sizes of one "
        "family.",
        models=12,
    )),
}  # fmt: skip
