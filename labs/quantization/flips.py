"""Which answers change between two models that were asked exactly the same.

What had no clear answer on one side is kept apart: it is no flip. Items that were asked in several
formats, or are variants of each other, count as one group in every interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from labs.experiments.design import Lane
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import Number, number
from labs.experiments.scoring.answers import ERROR, NO_ANSWER
from labs.experiments.statistics.clusters import (
    ONE_GROUP,
    all_distinct,
    paired_difference,
    proportion,
    sums,
)
from labs.experiments.statistics.estimate import Estimate, HypothesisTest, NotDefined
from labs.experiments.statistics.paired import PairedCounts, mcnemar_exact
from labs.experiments.statistics.permutation import sign_flip_p
from labs.experiments.statistics.wording import chance_sentence

Change = Literal["", "to_wrong", "to_right", "other_wrong", "to_unclear", "to_clear"]
SEED, PERMUTATIONS = 1, 10_000
EVERY_GROUP_ALIKE = NotDefined(
    "In no group of items do the changes have a direction: there is nothing to test."
)


@dataclass(frozen=True)
class Pair:
    """One question that both were asked. `change` is "" where the outcome is the same."""

    first: TrialRecord
    second: TrialRecord
    change: Change
    outcomes: tuple[str, str]

    @property
    def is_clear(self) -> bool:
        return not any(outcome in NO_ANSWER for outcome in self.outcomes)

    @property
    def says_otherwise(self) -> bool:
        """The free text differs, whatever it counts as."""
        texts = [record.lanes["free"].text for record in (self.first, self.second)
                 if "free" in record.lanes]  # fmt: skip
        return len(texts) == 2 and texts[0] != texts[1]


@dataclass(frozen=True)
class Flips:
    """All shares are of the `n_clear` answers that were clear on both sides, so that `net` is
    `to_right` minus `to_wrong`. `by_group` is the test that lets groups of items change sides
    instead of single answers; None where every answer is a group of its own."""

    lane: Lane
    pairs: tuple[Pair, ...]
    n_missing: int
    n_groups: int
    accuracy: tuple[Number, Number]
    to_wrong: Number
    to_right: Number
    other_wrong: Number
    changed: Number
    net: Number
    mcnemar: Number
    by_group: Number | None

    @property
    def n_clear(self) -> int:
        return sum(pair.is_clear for pair in self.pairs)

    @property
    def n_changed(self) -> int:
        return sum(pair.is_clear and bool(pair.change) for pair in self.pairs)

    def count(self, change: Change) -> int:
        return sum(pair.change == change for pair in self.pairs)

    @property
    def n_neither_clear(self) -> int:
        return sum(all(o in NO_ANSWER for o in pair.outcomes) for pair in self.pairs)

    @property
    def n_other_words(self) -> int:
        """Answers that count as the same though their words differ."""
        return sum(not pair.change and pair.says_otherwise for pair in self.pairs)


def pairs_of(
    first: Sequence[TrialRecord], second: Sequence[TrialRecord], lane: Lane
) -> tuple[Pair, ...]:
    """The trials that both have finished, in the order of the first; what could not be asked is
    left out."""
    other = {record.key: record for record in second}
    found = []
    for one in first:
        two = other.get(one.key)
        outcomes = one.outcome(lane), two.outcome(lane) if two else None
        if two is not None and not {None, ERROR} & set(outcomes):
            said = str(outcomes[0]), str(outcomes[1])
            found.append(Pair(one, two, change_of(said, one.truth), said))
    return tuple(found)


def change_of(outcomes: tuple[str, str], truth: str) -> Change:
    one, two = outcomes
    unclear = one in NO_ANSWER, two in NO_ANSWER
    if unclear[0] or unclear[1]:
        return "" if unclear[0] and unclear[1] else "to_clear" if unclear[0] else "to_unclear"
    if one == two:
        return ""
    if one == truth:
        return "to_wrong"
    return "to_right" if two == truth else "other_wrong"


def flips(pairs: Sequence[Pair], lane: Lane, n_asked: int) -> Flips:
    """`n_asked` trials were planned for each side."""
    clear = [pair for pair in pairs if pair.is_clear]
    groups = [pair.first.cluster or pair.first.item for pair in clear]
    counted = Counter(pair.change for pair in clear)

    def share(title: str, *changes: Change) -> Number:
        hits = [float(pair.change in changes) for pair in clear]
        return number(title, _share(hits, groups))

    right = [[float(pair.outcomes[side] == pair.first.truth) for pair in clear] for side in (0, 1)]
    counts = PairedCounts.of(*right)
    return Flips(
        lane, tuple(pairs), n_asked - len(pairs), len(set(groups)),
        accuracy=(number("Right", _share(right[0], groups)),
                  number("Right", _share(right[1], groups))),
        to_wrong=share("Right, then wrong", "to_wrong"),
        to_right=share("Wrong, then right", "to_right"),
        other_wrong=share("Wrong in another way", "other_wrong"),
        changed=share("Changed at all", *(change for change in counted if change)),
        net=number("Net change in right answers", _net(right[1], right[0], groups), "points"),
        mcnemar=number("McNemar, exact", mcnemar_exact(counts)),
        by_group=None if all_distinct(groups) else number("By groups", _by_group(right, groups)),
    )  # fmt: skip


def _share(hits: Sequence[float], groups: Sequence[str]) -> Estimate | NotDefined:
    found = proportion(hits, groups) if hits else NotDefined(
        "No answer was clear on both sides, so nothing can be compared."
    )  # fmt: skip
    return _without_interval(hits) if found is ONE_GROUP else found


def _without_interval(hits: Sequence[float]) -> NotDefined:
    return NotDefined(f"{sum(hits):.0f} of {len(hits)}. {ONE_GROUP.reason}")


def _net(
    second: Sequence[float], first: Sequence[float], groups: Sequence[str]
) -> Estimate | NotDefined:
    if not second:
        return NotDefined("No answer was clear on both sides, so nothing can be compared.")
    return paired_difference(second, first, groups)


def _by_group(
    right: Sequence[Sequence[float]], groups: Sequence[str]
) -> HypothesisTest | NotDefined:
    """The exact test where every answer is a group; where groups are larger, the signs of whole
    groups are turned (all ways up to 14 groups, else 10,000 random ones with seed 1)."""
    differences = np.asarray(right[1]) - np.asarray(right[0])
    totals = sums(differences, groups)
    moved = int(np.count_nonzero(totals))
    if not moved:
        return EVERY_GROUP_ALIKE
    p = sign_flip_p(differences, groups, permutations=PERMUTATIONS, seed=SEED)
    sentence = chance_sentence(
        p, "the changes of a whole group went either way by the toss of a coin", "an imbalance"
    )
    return HypothesisTest(float(totals.sum()), p, moved, "signs of groups turned", sentence)


def by_condition(pairs: Sequence[Pair]) -> Mapping[tuple[tuple[str, str], ...], tuple[Pair, ...]]:
    """The pairs of each condition, the levels of its factors as (factor, level)."""
    found: dict[tuple[tuple[str, str], ...], list[Pair]] = {}
    for pair in pairs:
        found.setdefault(tuple(sorted(pair.first.factors.items())), []).append(pair)
    return {condition: tuple(those) for condition, those in found.items()}
