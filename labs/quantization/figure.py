"""A number with its errors: by windows, and as if every token stood alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from labs.experiments.statistics.clusters import clustered_variance, t_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """`se`: standard error with windows as the independent units; `low` to `high` the 95 %
    interval that follows. `se_tokens`: as published tables have it, which take every token for
    independent and come out too small. None where it cannot be had; `reason` says why."""

    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None
    se_tokens: float | None = None
    reason: str = ""

    def through(self, function: Callable[[float], float], slope: float) -> Figure:
        """A growing function of the figure; errors by its `slope` there (delta method), the
        interval by the function itself."""
        return Figure(
            function(self.value),
            None if self.se is None else slope * self.se,
            None if self.low is None else function(self.low),
            None if self.high is None else function(self.high),
            None if self.se_tokens is None else slope * self.se_tokens,
            self.reason,
        )

    def exponential(self) -> Figure:
        """e to the figure. What is larger than a number can be is infinite and has no error; an
        interval that is so has no bounds."""
        value = _exp(self.value)
        made = self.through(_exp, value)
        if not isfinite(value):
            return Figure(value, reason=TOO_LARGE)
        if made.high is not None and not isfinite(made.high):
            return replace(made, low=None, high=None, reason=f"The interval: {TOO_LARGE}")
        return made


def _exp(value: float) -> float:
    try:
        return exp(value)
    except OverflowError:
        return inf


TOO_LARGE = "too large for a number."
ONE_WINDOW = "One window does not show how far others would differ."


def mean_figure(values: Floats, windows: Sequence[int], confidence: float = 0.95) -> Figure:
    """The mean over all tokens. Its variance by windows is that of Liang and Zeger (1986) with
    C/(C − 1), its interval Student's t with C − 1 degrees of freedom; `se_tokens` is
    √((E[x²] − E[x]²)/(n − 1)), as llama-perplexity has it."""
    mean, n = float(values.mean()), len(values)
    se_tokens = sqrt(float(values.var()) / (n - 1)) if n > 1 else None
    count = len(set(windows))
    if count < 2:
        return Figure(mean, se_tokens=se_tokens, reason=ONE_WINDOW)
    se = sqrt(clustered_variance(values, list(windows)))
    half = t_quantile(count, confidence) * se
    return Figure(mean, se, mean - half, mean + half, se_tokens)
