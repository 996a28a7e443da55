"""Which of several files is closest to the base, and which farthest, as far as windows can tell.

All files read the same windows, and what is hard is hard for all. So two files are told apart by
their differences at the same tokens, with windows as the independent units; that they do not
overlap in their own intervals asks far more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite

import numpy as np

from labs.experiments.statistics.clusters import t_quantile
from labs.quantization.comparison import Comparison
from labs.quantization.figure import Figure, mean_figure
from labs.quantization.measures import Measures
from labs.quantization.naming import short_labels

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Distance:
    """Of row `at` of a comparison; `measures` hold its mean divergence."""

    at: int
    label: str
    measures: Measures

    @property
    def nats(self) -> float:
        return self.measures.kld.value


@dataclass(frozen=True)
class End:
    """Who is `what` ("closest to", "farthest from") the base by the mean, and the `rivals` that may
    as well be: the errors do not part them."""

    what: str
    first: Distance
    rivals: tuple[Distance, ...]
    n_windows: int

    @property
    def is_clear(self) -> bool:
        return not self.rivals

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(each.label for each in (self.first, *self.rivals))

    @property
    def words(self) -> str:
        """Without a point at its end."""
        if self.is_clear:
            return f"{self.first.label} is {self.what} the base ({self.first.nats:.2g} nats)"
        told = (f"Which is {self.what} the base is within noise" if self.n_windows > 1 else
                f"One window does not tell which is {self.what} the base")  # fmt: skip
        those = ", ".join(
            f"{each.label} with {each.nats:.3g}" for each in (self.first, *self.rivals)
        )
        return f"{told}: {those} nats"


def by_distance(comparison: Comparison) -> list[Distance]:
    """The closest to the base first. A file that did not always give a number is close to nothing,
    however near the rest lies."""
    labels = short_labels([row.costs.label for row in comparison.rows])
    found = [
        Distance(at, labels[at], row.measures)
        for at, row in enumerate(comparison.rows)
        if at and row.measures and not row.measures.n_not_finite
    ]
    return sorted(found, key=lambda each: each.nats)


def closest(comparison: Comparison) -> End | None:
    """None where no file gave a number everywhere."""
    found = by_distance(comparison)
    return _end("closest to", comparison, found) if found else None


def farthest(comparison: Comparison) -> End | None:
    """As `closest`."""
    found = by_distance(comparison)[::-1]
    return _end("farthest from", comparison, found) if found else None


def _end(what: str, comparison: Comparison, found: Sequence[Distance]) -> End:
    """All intervals together hold with 95 % (Bonferroni): the first of many is first by chance more
    often than the first of two."""
    first, *others = found
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(others))
    rivals = [each for each in others
              if not _is_apart(difference(comparison, each, first, confidence))]  # fmt: skip
    return End(what, first, tuple(rivals), comparison.n_windows)


def _is_apart(figure: Figure) -> bool:
    """Of 0, on one side or the other."""
    return figure.low is not None and figure.high is not None and (
        figure.low > 0 or figure.high < 0
    )  # fmt: skip


def difference(
    comparison: Comparison, one: Distance, other: Distance, confidence: float = CONFIDENCE
) -> Figure:
    """How much farther `one` is than `other`, in nats: the mean over the same tokens. Where what
    was said of each token is not there, from both means as if they were independent, which makes
    the error too large rather than too small."""
    windows = comparison.told.windows
    is_told = len(windows) == comparison.n_windows and all(
        len(window.others) >= max(one.at, other.at) for window in windows
    )
    if not is_told:
        return _unpaired(one.measures.kld, other.measures.kld, comparison.n_windows, confidence)
    values, places = [], []
    for place, window in enumerate(windows):
        pairs = zip(window.others[one.at - 1].kld, window.others[other.at - 1].kld, strict=True)
        found = [a - b for a, b in pairs if isfinite(a) and isfinite(b)]
        values += found
        places += [place] * len(found)
    return mean_figure(np.array(values), places, confidence)


def _unpaired(one: Figure, other: Figure, n_windows: int, confidence: float) -> Figure:
    value = one.value - other.value
    if one.se is None or other.se is None:
        return Figure(value, reason=one.reason or other.reason)
    se = hypot(one.se, other.se)
    half = t_quantile(n_windows, confidence) * se
    return Figure(value, se, value - half, value + half)
