"""Trials as tables: items down, levels of a factor across, one lane at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labs.experiments.record.trials import TrialRecord
from labs.experiments.scoring.answers import ERROR, NO_ANSWER

Floats = NDArray[np.float64]


def where(records: Sequence[TrialRecord], **levels: str) -> tuple[TrialRecord, ...]:
    """The records with these levels of these factors."""
    wanted = levels.items()
    return tuple(r for r in records if all(r.factors.get(name) == level for name, level in wanted))


@dataclass(frozen=True)
class OutcomeTable:
    """`cells[i][j]` is the record of item i at level j, or None where it is missing."""

    items: tuple[str, ...]
    clusters: tuple[str, ...]
    levels: tuple[str, ...]
    cells: tuple[tuple[TrialRecord | None, ...], ...]

    def outcomes(self, lane: str) -> list[list[str]]:
        """(items, levels) of outcomes; what is missing or failed is ERROR."""
        return [[(cell and cell.outcome(lane)) or ERROR for cell in row] for row in self.cells]

    def column(self, lane: str, level: str) -> list[str]:
        place = self.levels.index(level)
        return [row[place] for row in self.outcomes(lane)]

    def right(self, lane: str) -> Floats:
        """1 where the outcome is the truth, 0 where it is not, nan for ERROR. No clear answer is
        not right: who relies on a model cannot use it."""
        return np.array(
            [[_is_right(cell, lane) for cell in row] for row in self.cells], dtype=float
        ).reshape(len(self.items), len(self.levels))

    @property
    def records(self) -> tuple[TrialRecord, ...]:
        return tuple(cell for row in self.cells for cell in row if cell is not None)


def table_of(records: Sequence[TrialRecord], factor: str, levels: Sequence[str]) -> OutcomeTable:
    """Items in the order in which they appear."""
    by_item: dict[str, dict[str, TrialRecord]] = {}
    groups: dict[str, str] = {}
    for record in records:
        by_item.setdefault(record.item, {})[record.factors[factor]] = record
        groups[record.item] = record.cluster
    return OutcomeTable(
        tuple(by_item),
        tuple(groups[item] for item in by_item),
        tuple(levels),
        tuple(tuple(row.get(level) for level in levels) for row in by_item.values()),
    )


def _is_right(cell: TrialRecord | None, lane: str) -> float:
    outcome = cell.outcome(lane) if cell else None
    if cell is None or outcome in (None, ERROR):
        return np.nan
    return float(outcome == cell.truth)


def answer_mix(records: Sequence[TrialRecord], lane: str) -> Mapping[str, int]:
    """Counts of right, wrong, and each kind of no clear answer."""
    counts = dict.fromkeys(("right", "wrong", *NO_ANSWER), 0)
    for record in records:
        outcome = record.outcome(lane)
        if outcome is None:
            continue
        if outcome in NO_ANSWER:
            counts[outcome] += 1
        else:
            counts["right" if outcome == record.truth else "wrong"] += 1
    return counts


def answered(records: Sequence[TrialRecord], lane: str) -> tuple[TrialRecord, ...]:
    """Those with a clear answer."""
    return tuple(r for r in records if r.outcome(lane) not in (None, *NO_ANSWER))
