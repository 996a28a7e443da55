"""The numbers of one temperature, and of the change between two. All intervals count questions:
the answers to one of them hang together."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from labs.experiments.results import Number, Unit, number
from labs.experiments.statistics.clusters import clustered_mean, proportion
from labs.experiments.statistics.wording import bound_in_points, interval_sentence
from labs.repeats.cells import Cell


@dataclass(frozen=True)
class LevelNumbers:
    """`accuracy` takes unclear answers as not right, `at_most` as right: the true share lies
    between them."""

    accuracy: Number
    unclear: Number
    at_most: Number
    distinct: Number
    semantic_bits: Number
    text_bits: Number

    def named(self, level: str) -> dict[str, Number]:
        """As they stand in results.json."""
        return {
            f"accuracy_at_{level}": self.accuracy,
            f"unclear_at_{level}": self.unclear,
            f"accuracy_at_{level}_if_unclear_right": self.at_most,
            f"distinct_at_{level}": self.distinct,
            f"semantic_bits_at_{level}": self.semantic_bits,
            f"text_bits_at_{level}": self.text_bits,
        }


def level_numbers(cells: Sequence[Cell], where: str) -> LevelNumbers:
    """`where` ends each title."""
    most = max((cell.n for cell in cells), default=1)
    bits = math.log2(most)

    def mean(title: str, value: Callable[[Cell], float], low: float, high: float) -> Number:
        return _mean(f"{title}, {where}", [value(cell) for cell in cells], "number", low, high)

    return LevelNumbers(
        _share(f"Right answers, {where}", [cell.right for cell in cells]),
        _share(f"Unclear answers, {where}", [cell.unclear for cell in cells]),
        _share(f"Right answers if unclear ones were right, {where}",
               [cell.right_at_most for cell in cells]),
        mean("Distinct answers", lambda cell: cell.n_distinct, 1, most),
        mean("Semantic entropy in bits", lambda cell: cell.semantic_bits, 0, bits),
        mean("Entropy of the texts in bits", lambda cell: cell.text_bits, 0, bits),
    )  # fmt: skip


def change_numbers(cold: Sequence[Cell], drawn: Sequence[Cell]) -> dict[str, Number]:
    """Of right answers, question by question; and where unclear ones would make it the lowest and
    the highest."""
    before = {cell.item: cell for cell in cold}
    pairs = [(before[cell.item], cell) for cell in drawn if cell.item in before]
    title = "Right answers at temperature 1 minus at 0"

    def mean(words: str, moved: Callable[[Cell, Cell], float]) -> Number:
        return _mean(title + words, [moved(a, b) for a, b in pairs], "points", -1, 1)

    return {
        "accuracy_change": mean("", lambda a, b: b.right - a.right),
        "accuracy_change_lowest": mean(
            ", if unclear ones were right at 0 only", lambda a, b: b.right - a.right_at_most
        ),
        "accuracy_change_highest": mean(
            ", if unclear ones were right at 1 only", lambda a, b: b.right_at_most - a.right
        ),
    }


def _share(title: str, shares: Sequence[float]) -> Number:
    """One share a question."""
    found = number(title, proportion(shares, range(len(shares))))
    return found if found.value is not None else _without_interval(found, shares)


def _mean(title: str, values: Sequence[float], unit: Unit, low: float, high: float) -> Number:
    """With the part of Student's interval that lies between `low` and `high`: with few questions
    it reaches beyond what is possible."""
    found = number(title, clustered_mean(values, range(len(values))), unit)
    if found.low is None or found.high is None:
        return _without_interval(found, values)
    low, high = max(low, found.low), min(high, found.high)
    told = interval_sentence("the true mean", _amount(low, unit), _amount(high, unit), 0.95)
    return replace(found, low=low, high=high, sentence=told)


def _without_interval(found: Number, values: Sequence[float]) -> Number:
    """One question, or all alike: a value with the reason why nothing lies around it."""
    return replace(found, value=fmean(values), n=len(values)) if values else found


def _amount(value: float, unit: Unit) -> str:
    return bound_in_points(value) if unit == "points" else f"{value:.3g}"
