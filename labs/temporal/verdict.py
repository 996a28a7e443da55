"""The one finding of a run on times, in fixed words, and what it may not conclude."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labs.experiments.analysis.common_caveats import LEAST_ANSWERED, common_caveats
from labs.experiments.design import LANE_TITLES, Design
from labs.experiments.results import Finding, Number
from labs.experiments.statistics.wording import percent
from labs.temporal.margins import NEAR_MINUTES

UNANSWERED = "too few clear answers"
REVERSED = "answers the wrong way round"
ABLE = "can tell whether there is time"
COARSE = f"can tell it only beyond {NEAR_MINUTES} minutes"
NOTHING = "no ability and no bias visible at this n"
ACTING, WAITING = "bias to acting", "bias to waiting"
TO_YES, TO_NO = "bias to the word YES", "bias to the word NO"
TO_FIRST, TO_LAST = "bias to the word offered first", "bias to the word offered last"
ABLE_BUT = "can tell, but has a {bias}"


@dataclass(frozen=True)
class Bias:
    """A bias that the interval shows: its verdict, and by how much its share is off one half."""

    verdict: str
    share: Number

    @property
    def size(self) -> float:
        return abs((self.share.value or 0.5) - 0.5)


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on: the numbers of the primary lane and those of the `lean`, {}
    without one. `unclear` counts answers to the question as it is, and turned round."""

    design: Design
    numbers: Mapping[str, Number]
    lane: str
    lean: Mapping[str, Number]
    unclear: tuple[int, int] = (0, 0)
    thinks: bool = False

    @property
    def is_unanswered(self) -> bool:
        answered = self.numbers["answered_rate"]
        too_few = answered.high is None or answered.high < LEAST_ANSWERED / 2
        return too_few or self.numbers["acting_share"].value is None

    @property
    def is_able(self) -> bool:
        low = self.numbers["balanced_accuracy"].low
        return low is not None and low > 0.5

    @property
    def is_reversed(self) -> bool:
        high = self.numbers["balanced_accuracy"].high
        return high is not None and high < 0.5

    @property
    def is_coarse(self) -> bool:
        """Shown far from the boundary, and not shown near to it."""
        near, far = self.numbers["near_accuracy"].low, self.numbers["far_accuracy"].low
        return near is not None and far is not None and near <= 0.5 < far

    @property
    def biases(self) -> list[Bias]:
        """Those that are shown, the larger one first. A share is one half without a bias."""
        found = (
            self._bias("acting_share", ACTING, WAITING),
            self._bias("word_share", TO_YES, TO_NO),
            self._bias("first_named_share", TO_FIRST, TO_LAST),
        )
        return sorted((each for each in found if each), key=lambda each: -each.size)

    def _bias(self, name: str, above: str, below: str) -> Bias | None:
        share = self.numbers[name]
        if (
            share.value is None
            or share.extra["low_of_three"] <= 0.5 <= share.extra["high_of_three"]
        ):
            return None
        return Bias(above if share.value > 0.5 else below, share)

    @property
    def hidden_ability(self) -> Number | None:
        """The ranking by the lean over both questions, which no bias destroys, where it is better
        than guessing and the answers are not."""
        auroc = self.lean.get("crossed_auroc")
        shown = auroc is not None and auroc.low is not None and auroc.low > 0.5
        return auroc if shown and not self.is_able else None

    def caveats(self) -> tuple[str, ...]:
        common = common_caveats(len(self.design.items), self.numbers, self.lean)
        own = (self._unclear(), self._without_lean(), self._other_lane())
        return tuple(sentence for sentence in (*common, *own) if sentence)

    def _unclear(self) -> str:
        usual, turned = self.unclear
        if not usual + turned:
            return ""
        return (
            f"{usual} answers to the question as it is and {turned} to the question turned round "
            "were not clear: read some of them."
        )

    def _without_lean(self) -> str:
        if self.lean:
            return ""
        if self.thinks:
            return (
                "This model thinks before it answers, so its lean before the thought is not "
                "comparable and was not taken. What follows the thought was scored."
            )
        return "The engine of this model gives no lean; there is the answer alone."

    def _other_lane(self) -> str:
        planned = self.design.primary.lane
        if self.lane == planned:
            return ""
        return (
            f"The plan counts the {LANE_TITLES[planned]}, which this model does not give; the "
            f"{LANE_TITLES[self.lane]} stands in for it."
        )


def finding_of(evidence: Evidence) -> Finding:
    """Verdict, sentence, and what may not be concluded."""
    verdict = _verdict(evidence)
    sentence = _OWN_SENTENCES.get(verdict, _sentence)(evidence)
    return Finding(verdict, sentence, MAY_NOT)


def _verdict(evidence: Evidence) -> str:
    if evidence.is_unanswered:
        return UNANSWERED
    if evidence.is_reversed:
        return REVERSED
    biases = [bias.verdict for bias in evidence.biases]
    if evidence.is_able:
        if biases:
            return ABLE_BUT.format(bias=biases[0])
        return COARSE if evidence.is_coarse else ABLE
    return biases[0] if biases else NOTHING


def _unanswered(evidence: Evidence) -> str:
    answered = evidence.numbers["answered_rate"]
    clear = (
        f"Only {percent(answered.value)} of the answers were clear"
        if answered.value
        else "None of the answers was clear"
    )
    return (
        f"{clear}, too few to say what this model does with time. What is not clear counts as not "
        "right: that few answers are right is no bias to acting."
    )


def _reversed(evidence: Evidence) -> str:
    n = evidence.numbers
    wrong = n["false_positive_rate"]
    return (
        f"{_percent(n['accuracy_answered'])} of the clear answers are right, fewer than guessing "
        f"would give, and YES comes in {_percent(wrong)} of the cases where NO is right. On a "
        "balanced set this is no bias to acting: who always acts is right half of the time. The "
        "answers are turned round or read wrongly. Read some of them, and check the words of the "
        "labels."
    )


_OWN_SENTENCES = {UNANSWERED: _unanswered, REVERSED: _reversed}


def _sentence(evidence: Evidence) -> str:
    """Ability, bias, and what the bias hides, in this order."""
    parts = [_ability(evidence), _biases(evidence)]
    hidden = evidence.hidden_ability
    if hidden:
        parts.append(
            f"Its lean ranks the items nevertheless (AUROC {hidden.value:.2f}, guessing gives "
            "0.5): the difference is in there, and the words do not show it."
        )
    return " ".join(parts)


def _ability(evidence: Evidence) -> str:
    n = evidence.numbers
    right = (
        f"{_right(evidence)}, where guessing gives 50 % ({LANE_TITLES[evidence.lane]}, "
        f"{len(evidence.design.items)} items)"
    )
    if not evidence.is_able:
        return f"That this model can tell whether there is time is not shown: {right}."
    text = f"This model can tell whether there is time: {right}."
    if evidence.is_coarse:
        return (
            f"{text} It is shown only beyond {NEAR_MINUTES} minutes: "
            f"{_percent(n['far_accuracy'])} right there, {_percent(n['near_accuracy'])} up to "
            f"{NEAR_MINUTES} minutes."
        )
    return text


def _right(evidence: Evidence) -> str:
    n = evidence.numbers
    if n["answered_rate"].value == 1:
        return f"{_percent(n['accuracy'])} of the answers are right"
    return (
        f"{_percent(n['answered_rate'])} of the answers were clear, and "
        f"{_percent(n['accuracy_answered'])} of these are right"
    )


def _biases(evidence: Evidence) -> str:
    acting, word, first = (
        _percent(evidence.numbers[name])
        for name in ("acting_share", "word_share", "first_named_share")
    )
    shares = (
        f"{acting} of its answers mean “it can be done”, {word} are the word YES, {first} are the "
        "word offered first; without a bias all three would be 50 %"
    )
    biases = [bias.verdict for bias in evidence.biases]
    if not biases:
        return f"No bias is visible at this n: {shares}."
    rest = f"and a smaller {' and '.join(biases[1:])}" if len(biases) > 1 else "and no other"
    return f"It shows a {biases[0]}, {rest}: {shares}."


MAY_NOT = (
    "that another model, task, language or kind of deadline behaves alike",
    "why the model does it: neither its size nor its architecture was varied",
    "that a bias seen here is a bias to acting elsewhere: these questions offer two words only",
    "that models fall into two groups: one run holds too few of them",
)


def _percent(found: Number) -> str:
    return "none" if found.value is None else percent(found.value)
