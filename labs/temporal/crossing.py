"""The crossed design: each answer read twice, as a word and as what it means.

An item asked as it is and turned round has opposite right words. A bias to acting shows as
answers that mean “it can be done” to both questions, a bias to a word as that word to both, and a
bias to the place of a word as the word that is offered first, whichever that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from labs.experiments.design import Design
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import Number, number
from labs.experiments.scoring.answers import NO_ANSWER
from labs.experiments.statistics.clusters import proportion
from labs.experiments.statistics.detection import SignalDetection, signal_detection
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.ranking import auroc
from labs.temporal.crossed_share import OF_THREE, crossed_share

NO_ANSWERS = NotDefined("No clear answer was given, so there is no value.")


@dataclass(frozen=True)
class Reply:
    """One answer, clear or not. `acted`: it means “it can be done”; `can`: that is right;
    `said_yes`, `yes_is_right`: the same of the word. An unclear answer is neither."""

    record: TrialRecord
    is_clear: bool
    is_turned: bool
    is_swapped: bool  # NO was offered first
    said_yes: bool
    yes_is_right: bool

    @property
    def acted(self) -> bool:
        return self.said_yes != self.is_turned

    @property
    def can(self) -> bool:
        return self.yes_is_right != self.is_turned

    @property
    def said_first(self) -> bool:
        """The word that the question offers first."""
        return self.said_yes != self.is_swapped

    @property
    def is_right(self) -> bool:
        return self.is_clear and self.said_yes == self.yes_is_right

    @property
    def cluster(self) -> str:
        return self.record.cluster


def replies(design: Design, records: Sequence[TrialRecord], lane: str) -> tuple[Reply, ...]:
    """All answers of one lane, in the order of the records."""
    usual = design.factor("question").levels[0].id
    found = []
    for record in records:
        outcome = record.outcome(lane)
        if outcome is not None:
            found.append(Reply(
                record, outcome not in NO_ANSWER, record.factors["question"] != usual,
                record.factors["options"] != "usual",
                outcome == design.acting, record.truth == design.acting,
            ))  # fmt: skip
    return tuple(found)


def in_pairs(given: Sequence[Reply]) -> tuple[tuple[Reply, Reply], ...]:
    """The answers to both questions in the same layout and order, where both are clear."""
    by_cell: dict[tuple[str, str, str, int], dict[bool, Reply]] = {}
    for reply in given:
        record = reply.record
        cell = (record.item, record.factors["options"], record.factors["format"], record.repeat)
        if reply.is_clear:
            by_cell.setdefault(cell, {})[reply.is_turned] = reply
    return tuple((pair[False], pair[True]) for pair in by_cell.values() if len(pair) == 2)


def crossed_numbers(design: Design, given: Sequence[Reply]) -> dict[str, Number]:
    """Biases to acting, to a word and to the answer named first; what is answered to match."""
    clear = [reply for reply in given if reply.is_clear]
    pairs = in_pairs(given)
    late, timely = ([r for r in clear if r.can == kind] for kind in (False, True))
    acting = _detection(clear)
    return {
        "acting_share": _crossed(
            "Answers that mean “it can be done”", clear, [r.acted for r in clear]
        ),
        "word_share": _crossed(
            "YES answers, all kinds of question weighed alike", clear, [r.said_yes for r in clear]
        ),
        "first_named_share": _crossed(
            "Answers that take the word offered first", clear, [r.said_first for r in clear]
        ),
        "same_when_turned": number(
            "The turned question is answered to match",
            _share([first for first, _ in pairs], [a.acted == b.acted for a, b in pairs]),
        ),
        "acts_when_it_cannot": number(
            "Says it can be done where it cannot", _share(late, [r.acted for r in late])
        ),
        "waits_when_it_can": number(
            "Says it cannot be done where it can", _share(timely, [not r.acted for r in timely])
        ),
        "acting_criterion": number(
            "Bias to acting (criterion c, negative favours acting)",
            acting if isinstance(acting, NotDefined) else acting.criterion,
            "number",
        ),
    }


def crossed_auroc(given: Sequence[Reply]) -> Number:
    """AUROC of the mean lean towards “it can be done” over both questions of an item.

    A bias to a word cancels between the questions, a bias to acting moves all items alike: neither
    changes the ranking.
    """
    leans: dict[tuple[str, str, bool], list[float]] = {}
    for reply in given:
        score = reply.record.lanes["likelihood"].score
        if score is not None:
            key = (reply.record.item, reply.cluster, reply.can)
            leans.setdefault(key, []).append(-score if reply.is_turned else score)
    title = "Ranking by the lean, both questions together (AUROC)"
    if not leans:
        return number(title, NO_ANSWERS)
    area = auroc(
        [float(np.mean(values)) for values in leans.values()],
        [can for _, _, can in leans],
        [cluster for _, cluster, _ in leans],
    )
    return number(title, area, "number")


def _detection(clear: Sequence[Reply]) -> SignalDetection | NotDefined:
    if not clear:
        return NO_ANSWERS
    acted, can = [r.acted for r in clear], [r.can for r in clear]
    return signal_detection(acted, can, [r.cluster for r in clear])


def _crossed(title: str, clear: Sequence[Reply], said: Sequence[bool]) -> Number:
    """With its interval, and the wider one that decides whether it is called a bias."""
    kinds = [4 * r.is_turned + 2 * r.is_swapped + r.yes_is_right for r in clear]
    clusters = [r.cluster for r in clear]
    if not clear:
        return number(title, NO_ANSWERS)
    found = number(title, crossed_share(said, kinds, clusters))
    wide = crossed_share(said, kinds, clusters, confidence=OF_THREE)
    if isinstance(wide, NotDefined):
        return found
    return replace(found, extra={"low_of_three": wide.low, "high_of_three": wide.high})


def _share(given: Sequence[Reply], hits: list[bool]) -> Estimate | NotDefined:
    return proportion(hits, [r.cluster for r in given]) if given else NO_ANSWERS
