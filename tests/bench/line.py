"""One line of the benchmark: our runs beside their baseline's, and the bound they must keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

ROUNDS = 5


@dataclass(frozen=True)
class Bound:
    """What is judged: our value, its ratio to the baseline, or what it is more than that."""

    judged: Literal["value", "ratio", "difference"]
    direction: Literal["at most", "at least"]
    limit: float

    def holds(self, figure: float) -> bool:
        return figure <= self.limit if self.direction == "at most" else figure >= self.limit


@dataclass(frozen=True)
class Line:
    """`ours` and `baseline` hold one value a round, taken in turns, in `unit`.

    `missing` says why a line could not be measured; it then counts as failed.
    """

    name: str
    unit: str
    bound: Bound
    ours: tuple[float, ...] = ()
    baseline: tuple[float, ...] = ()
    baseline_name: str = ""
    note: str = ""
    missing: str = ""

    @property
    def figures(self) -> tuple[float, ...]:
        """What is judged, a round: neighbours in time are compared, so that drift cancels."""
        if self.bound.judged == "value":
            return self.ours
        pairs = zip(self.ours, self.baseline, strict=True)
        if self.bound.judged == "ratio":
            return tuple(a / b for a, b in pairs)
        return tuple(a - b for a, b in pairs)

    @property
    def figure(self) -> float:
        """The median over the rounds."""
        return median(self.figures)

    @property
    def passed(self) -> bool:
        return not self.missing and self.bound.holds(self.figure)


def interleave(
    ours: Callable[[], float], baseline: Callable[[], float], rounds: int = ROUNDS
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Both in turns; who goes first changes every round."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            second, first = baseline(), ours()
        else:
            first, second = ours(), baseline()
        pairs.append((first, second))
    return tuple(a for a, _ in pairs), tuple(b for _, b in pairs)


def repeat(measure: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, ...]:
    return tuple(measure() for _ in range(rounds))


def spread(values: Sequence[float]) -> str:
    """Median with the smallest and the largest."""
    return f"{median(values):.4g} ({min(values):.4g} to {max(values):.4g})" if values else ""
