"""Trials as a grid, items down and conditions across; shaped once, so that filters are free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labs.experiments.record.plan import Plan
from labs.experiments.record.trials import TrialRecord
from labs.experiments.report.answer_words import condition_words
from labs.experiments.scoring.answers import NO_ANSWER

MISSING, RIGHT, WRONG, UNCLEAR = range(4)
FILTERS: Mapping[str, str] = {
    "all": "All answers",
    "wrong": "Wrong",
    "unclear": "No clear answer",
    "disagree": "Lanes disagree",
    "changed": "Changed against the baseline",
}
Cell = TrialRecord | None


@dataclass(frozen=True)
class LaneGrid:
    """`kinds[row][column]` is MISSING to UNCLEAR; `marks` has for each filter a flag for every
    cell, and `rows` the items with at least one flag."""

    kinds: tuple[bytes, ...]
    marks: Mapping[str, tuple[bytes, ...]]
    rows: Mapping[str, tuple[int, ...]]

    def count(self, kind: int) -> int:
        return sum(row.count(kind) for row in self.kinds)


@dataclass(frozen=True)
class Grid:
    """One model's answers. The first column is the baseline; `told` says of each item what a
    person knows it by."""

    model: str
    items: tuple[str, ...]
    told: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    lanes: Mapping[str, LaneGrid]
    n_whole_items: int = 0  # those whose every trial is finished


def grid_of(
    plan: Plan, model: str, records: Sequence[TrialRecord], told: Mapping[str, str]
) -> Grid:
    """In the order in which items were asked; conditions as the design declares them. `told` has
    words for an item's id where its set can be read."""
    factors = plan.design["factors"]
    keys = sorted({_key(t["factors"], t["repeat"]) for t in plan.trials},
                  key=lambda key: _order(factors, key))  # fmt: skip
    column_of = {key: place for place, key in enumerate(keys)}
    items = tuple(dict.fromkeys(str(trial["item"]) for trial in plan.trials))
    row_of = {item: place for place, item in enumerate(items)}
    cells: list[list[Cell]] = [[None] * len(keys) for _ in items]
    for record in records:
        column = column_of.get(_key(record.factors, record.repeat))
        if column is not None and record.item in row_of:
            cells[row_of[record.item]][column] = record
    lanes = {lane: _lane_grid(cells, lane) for lane in plan.design["lanes"]
             if any(cell and cell.outcome(lane) for row in cells for cell in row)}  # fmt: skip
    titles = tuple(_title(factors, key) for key in keys)
    needed = Counter(str(trial["item"]) for trial in plan.trials)
    had = Counter(record.item for record in records)
    n_whole = sum(had[item] >= count for item, count in needed.items())
    names = tuple(told.get(item, item) for item in items)
    return Grid(model, items, names, titles, tuple(map(tuple, cells)), lanes, n_whole)


_Key = tuple[tuple[tuple[str, str], ...], int]


def _key(factors: Mapping[str, str], repeat: int) -> _Key:
    return tuple(sorted(factors.items())), repeat


def _order(factors: Sequence[Mapping[str, Any]], key: _Key) -> tuple[Any, ...]:
    """The baseline first, then one factor after the other, level by level."""
    levels = dict(key[0])
    places = [_place(factor, levels.get(factor["id"], "")) for factor in factors]
    changed = tuple(place for place, level in enumerate(places) if level)
    return (len(changed), changed, tuple(places), key[1])


def _place(factor: Mapping[str, Any], level: str) -> int:
    return next((n for n, each in enumerate(factor["levels"]) if each["id"] == level), 0)


def _title(factors: Sequence[Mapping[str, Any]], key: _Key) -> str:
    words = condition_words(factors, dict(key[0]))
    return f"{words} (time {key[1] + 1})" if key[1] else words


def _lane_grid(cells: Sequence[Sequence[Cell]], lane: str) -> LaneGrid:
    kinds = tuple(bytes(_kind(cell, lane) for cell in row) for row in cells)
    marks = {
        "all": tuple(bytes(1 if kind else 0 for kind in row) for row in kinds),
        "wrong": tuple(bytes(kind == WRONG for kind in row) for row in kinds),
        "unclear": tuple(bytes(kind == UNCLEAR for kind in row) for row in kinds),
        "disagree": tuple(bytes(map(_disagrees, row)) for row in cells),
        "changed": tuple(bytes(_changed(row[0], cell, lane) for cell in row) for row in cells),
    }
    rows = {name: tuple(n for n, row in enumerate(flags) if any(row))
            for name, flags in marks.items()}  # fmt: skip
    return LaneGrid(kinds, marks, rows)


def _kind(cell: Cell, lane: str) -> int:
    outcome = cell.outcome(lane) if cell else None
    if cell is None or outcome is None:
        return MISSING
    if outcome in NO_ANSWER:
        return UNCLEAR
    return RIGHT if outcome == cell.truth else WRONG


def _disagrees(cell: Cell) -> bool:
    if cell is None:
        return False
    said = {lane.outcome for lane in cell.lanes.values() if lane.outcome not in NO_ANSWER}
    return len(said) > 1


def _changed(base: Cell, cell: Cell, lane: str) -> bool:
    """A clear answer that is another one than in the baseline; where the question is turned
    round, the one that does not match it."""
    if base is None or cell is None or base is cell:
        return False
    one, other = base.outcome(lane), cell.outcome(lane)
    if one in (None, *NO_ANSWER) or other in (None, *NO_ANSWER):
        return False
    if base.truth == cell.truth:
        return one != other
    return (one == base.truth) != (other == cell.truth)
