"""Allen's thirteen relations between intervals, their inverses and their composition.

James F. Allen 1983, "Maintaining knowledge about temporal intervals", Communications of the ACM
26:832. The composition table is worked out from the definitions, not typed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

Signs = tuple[int, int]

# How the starts and the ends of two intervals lie to each other, −1 where the first is earlier.
_INNER: Mapping[Signs, str] = {
    (-1, -1): "overlaps",
    (-1, 0): "finished-by",
    (-1, 1): "contains",
    (0, -1): "starts",
    (0, 0): "equals",
    (0, 1): "started-by",
    (1, -1): "during",
    (1, 0): "finishes",
    (1, 1): "overlapped-by",
}
RELATIONS = (
    "before", "meets", "overlaps", "finished-by", "contains", "starts", "equals",
    "started-by", "during", "finishes", "overlapped-by", "met-by", "after",
)  # fmt: skip
APART = frozenset({"before", "meets", "met-by", "after"})  # no minute is shared
INVERSES: Mapping[str, str] = {
    "before": "after", "meets": "met-by", "overlaps": "overlapped-by", "starts": "started-by",
    "during": "contains", "finishes": "finished-by", "equals": "equals", "after": "before",
    "met-by": "meets", "overlapped-by": "overlaps", "started-by": "starts", "contains": "during",
    "finished-by": "finishes",
}  # fmt: skip


@dataclass(frozen=True)
class Interval:
    """From the minute `start` up to, and without, the minute `end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"an interval ends after it starts, not {self.start} to {self.end}")


def relation(first: Interval, second: Interval) -> str:
    """The one relation that holds: “first … second”."""
    if first.end <= second.start:
        return "meets" if first.end == second.start else "before"
    if second.end <= first.start:
        return "met-by" if second.end == first.start else "after"
    return _INNER[_sign(first.start - second.start), _sign(first.end - second.end)]


def inverse(name: str) -> str:
    """The relation of the second to the first."""
    return INVERSES[name]


@cache
def compose(first: str, second: str) -> frozenset[str]:
    """All relations that A may have to C when A `first` B and B `second` C."""
    return _table()[first, second]


def shared_minutes(first: Interval, second: Interval) -> int:
    """Minutes in both; negative is the gap between them."""
    return min(first.end, second.end) - max(first.start, second.start)


@cache
def _table() -> Mapping[tuple[str, str], frozenset[str]]:
    """Three intervals have six ends, and only their order counts: six places show every case."""
    all_intervals = [Interval(a, b) for a, b in combinations(range(6), 2)]
    found: dict[tuple[str, str], set[str]] = {}
    for a, b, c in product(all_intervals, repeat=3):
        found.setdefault((relation(a, b), relation(b, c)), set()).add(relation(a, c))
    return {pair: frozenset(names) for pair, names in found.items()}


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
