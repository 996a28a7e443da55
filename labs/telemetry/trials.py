"""The mean of repeated measurements with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

LEAST_TRIALS = 3


@dataclass(frozen=True)
class MeanOf:
    """The mean of `n` trials with its 95 % interval by Student's t, or the `reason` why there is
    none. `is_unsteady`: the trials spread by more than five parts in a hundred."""

    n: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    reason: str = ""

    @property
    def is_unsteady(self) -> bool:
        return bool(self.sd and self.mean and self.sd > 0.05 * abs(self.mean))


def mean_of(values: Sequence[float]) -> MeanOf:
    """mean ± t(0.975, n − 1)·s/√n; from three trials on."""
    n = len(values)
    if n < LEAST_TRIALS:
        return MeanOf(n, reason=f"{n} of the {LEAST_TRIALS} trials that an interval needs.")
    from labs.experiments.statistics.clusters import t_quantile

    middle, sd = mean(values), stdev(values)
    half = t_quantile(n, 0.95) * sd / sqrt(n)
    return MeanOf(n, middle, middle - half, middle + half, sd)
