"""The one finding of a run on times, in fixed words, and what it may not conclude."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labs.experiments.design import LANE_TITLES, Design
from labs.experiments.results import Finding, Number
from labs.experiments.statistics.wording import percent
from labs.temporal.margins import NEAR_MINUTES

LEAST_ANSWERED = 0.8
UNANSWERED = "too few clear answers"
REVERSED = "answers the wrong way round"
ABLE = "can tell whether there is time"
COARSE = f"can tell it only beyond {NEAR_MINUTES} minutes"
NOTHING = "no ability and no lean visible at this n"
ACTING, WAITING = "leans to acting", "leans to waiting"
TO_YES, TO_NO = "leans to the word YES", "leans to the word NO"
TO_FIRST, TO_LAST = "leans to the word offered first", "leans to the word offered last"
ABLE_BUT = "can tell, but {lean}"


@dataclass(frozen=True)
class Lean:
    """A lean that the interval shows: its verdict, and by how much its share is off one half."""

    verdict: str
    share: Number

    @property
    def size(self) -> float:
        return abs((self.share.value or 0.5) - 0.5)


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on, all of the primary lane but `auroc`, the ranking by the lean
    over both questions, which no lean to acting or to a word destroys."""

    design: Design
    numbers: Mapping[str, Number]
    lane: str
    auroc: Number | None
    unclear: tuple[int, int] = (0, 0)  # answers to the question as it is, and turned round
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
    def leans(self) -> list[Lean]:
        """Those that are shown, the larger one first. A share is one half without a lean."""
        found = (
            self._lean("acting_share", ACTING, WAITING),
            self._lean("word_share", TO_YES, TO_NO),
            self._lean("first_named_share", TO_FIRST, TO_LAST),
        )
        return sorted((each for each in found if each), key=lambda each: -each.size)

    def _lean(self, name: str, above: str, below: str) -> Lean | None:
        share = self.numbers[name]
        if share.low is None or share.high is None or share.low <= 0.5 <= share.high:
            return None
        return Lean(above if share.low > 0.5 else below, share)

    def _unclear(self) -> str:
        usual, turned = self.unclear
        return (
            f"{usual} of the unclear ones answer the question as it is, {turned} the question "
            "turned round: read some of them."
        )

    @property
    def ranks(self) -> bool:
        return bool(self.auroc and self.auroc.low is not None and self.auroc.low > 0.5)

    def caveats(self) -> tuple[str, ...]:
        found = []
        answered = self.numbers["answered_rate"]
        if answered.value and answered.value < LEAST_ANSWERED:
            found.append(
                f"Only {percent(answered.value)} of the answers were clear. The others count as "
                f"not right, and as no lean. {self._unclear()}"
            )
        if self.thinks:
            found.append(
                "This model thinks before it answers, so its lean before the thought is not "
                "comparable and was not taken. What follows the thought was scored."
            )
        elif self.auroc is None:
            found.append("The engine of this model gives no lean; there is the answer alone.")
        if self.lane != self.design.primary.lane:
            found.append(
                f"The plan counts the {LANE_TITLES[self.design.primary.lane]}, which this model "
                f"does not give; the {LANE_TITLES[self.lane]} stands in for it."
            )
        weak = self.numbers.get("weak_share")
        if weak and weak.value:
            found.append(
                f"In {percent(weak.value)} of the leans less than half of the probability was "
                "left for the labels: the model did not want to answer in this form."
            )
        n_items = len(self.design.items)
        if n_items < 40:
            found.append(f"{n_items} items show large leans only; use 40 or more, a report has 96.")
        return tuple(found)


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
    leans = [lean.verdict for lean in evidence.leans]
    if evidence.is_able:
        if leans:
            return ABLE_BUT.format(lean=leans[0])
        return COARSE if evidence.is_coarse else ABLE
    return leans[0] if leans else NOTHING


def _unanswered(evidence: Evidence) -> str:
    answered = evidence.numbers["answered_rate"]
    clear = (
        f"Only {percent(answered.value)} of the answers were clear"
        if answered.value
        else "None of the answers was clear"
    )
    return (
        f"{clear}, too few to say what this model does with time. What is not clear counts as not "
        "right: that few answers are right is no lean to acting."
    )


def _reversed(evidence: Evidence) -> str:
    n = evidence.numbers
    wrong = n["false_positive_rate"]
    return (
        f"{_percent(n['accuracy_answered'])} of the clear answers are right, fewer than guessing "
        f"would give, and YES comes in {_percent(wrong)} of the cases where NO is right. On a "
        "balanced set this is no lean to acting: who always acts is right half of the time. The "
        "answers are turned round or read wrongly. Read some of them, and check the words of the "
        "labels."
    )


_OWN_SENTENCES = {UNANSWERED: _unanswered, REVERSED: _reversed}


def _sentence(evidence: Evidence) -> str:
    """Ability, lean, and what the lean hides, in this order."""
    parts = [_ability(evidence), _leans(evidence)]
    if not evidence.is_able and evidence.ranks and evidence.auroc:
        parts.append(
            f"Its lean ranks the items nevertheless (AUROC {_percent(evidence.auroc)}, guessing "
            "50 %): something in it knows the difference, and its words do not show it."
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


def _leans(evidence: Evidence) -> str:
    acting, word, first = (
        _percent(evidence.numbers[name])
        for name in ("acting_share", "word_share", "first_named_share")
    )
    shares = (
        f"{acting} of its answers mean “it can be done”, {word} are the word YES, {first} are the "
        "word offered first; without a lean all three would be 50 %"
    )
    leans = [lean.verdict for lean in evidence.leans]
    if not leans:
        return f"No lean is visible at this n: {shares}."
    rest = f"and less so {' and '.join(leans[1:])}" if len(leans) > 1 else "and no other is visible"
    return f"It {leans[0]}, {rest}: {shares}."


MAY_NOT = (
    "that another model, task, language or kind of deadline behaves alike",
    "why the model does it: neither its size nor its architecture was varied",
    "that a lean seen here is a lean to acting elsewhere: these questions offer two words only",
    "that models fall into two groups: one run holds too few of them",
)


def _percent(found: Number) -> str:
    return "none" if found.value is None else percent(found.value)
