"""Where the lanes of the same trials say different things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from labs.experiments.design import LANE_TITLES
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import Number, number
from labs.experiments.scoring.answers import ERROR, NO_ANSWER
from labs.experiments.statistics.clusters import proportion


@dataclass(frozen=True)
class Disagreement:
    """Two lanes over the trials that both ran: `differ` is the share with other outcomes,
    `opposed` counts those with two clear answers, `one_silent` those where one had none."""

    lanes: tuple[str, str]
    n: int
    differ: Number
    opposed: int
    one_silent: int

    @property
    def title(self) -> str:
        first, second = (LANE_TITLES.get(lane, lane) for lane in self.lanes)
        return f"{first} and {second}"


def disagreements(records: Sequence[TrialRecord], lanes: Sequence[str]) -> tuple[Disagreement, ...]:
    """Every pair of lanes that have trials in common."""
    pairs = [_compare(records, first, second) for first, second in combinations(lanes, 2)]
    return tuple(pair for pair in pairs if pair.n)


def _compare(records: Sequence[TrialRecord], first: str, second: str) -> Disagreement:
    both = [
        (r.outcome(first), r.outcome(second), r.cluster) for r in records
        if r.outcome(first) not in (None, ERROR) and r.outcome(second) not in (None, ERROR)
    ]  # fmt: skip
    differ = [a != b for a, b, _ in both]
    silent = [(a in NO_ANSWER) != (b in NO_ANSWER) for a, b, _ in both]
    opposed = [a != b and a not in NO_ANSWER and b not in NO_ANSWER for a, b, _ in both]
    share = proportion(differ, [group for _, _, group in both])
    return Disagreement(
        (first, second), len(both), number("Trials in which they differ", share), sum(opposed),
        sum(silent),
    )  # fmt: skip
