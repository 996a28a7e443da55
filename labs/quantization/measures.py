"""What separates two models, from a few numbers a token.

The definitions are those of llama-perplexity (tools/perplexity/perplexity.cpp), base first: mean
KL divergence, perplexity = exp(mean −ln p) of both, their ratio from the paired differences of
−ln p, Δp = p − p_base of the token that follows, and how often both find the same token likeliest.
Other than there, log-probabilities are float32 instead of 16 bits with a floor of 16 nats, the sum
runs over the whole vocabulary, and errors count windows, not tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from labs.experiments.statistics.clusters import (
    FEWEST_FOR_BOOTSTRAP,
    cluster_bootstrap,
    proportion,
)
from labs.experiments.statistics.estimate import Estimate
from labs.quantization.figure import Figure, Floats, mean_figure

SEED = 1
BROKEN_NATS, BROKEN_SHARE = 1.0, 0.5
# Guidance, not a law: a mean divergence below the number deserves the word.
BANDS = ((0.01, "negligible"), (0.05, "small"), (0.15, "moderate"), (0.5, "large"))


@dataclass(frozen=True)
class WindowNumbers:
    """One window of one pair; each holds one number a scored token."""

    kind: str
    nll_base: Sequence[float]
    nll: Sequence[float]
    kld: Sequence[float]
    top_base: Sequence[int]
    top: Sequence[int]


@dataclass(frozen=True)
class Measures:
    """Of one model against the base. Divergences in nats, Δp and `same_top` as shares from 0 to
    1. `n_not_finite` tokens had a NaN or an infinite divergence; they are in no figure."""

    n_windows: int
    n_tokens: int
    n_not_finite: int
    kld: Figure
    kld_99: Figure
    kld_largest: float
    perplexity_base: Figure
    perplexity: Figure
    perplexity_ratio: Figure
    mean_delta_p: Figure
    rms_delta_p: Figure
    same_top: Figure
    kld_by_kind: dict[str, Figure]

    @property
    def band(self) -> str:
        """A word for the mean divergence; a file that gives what is no number is not close."""
        if self.n_not_finite:
            return "severe"
        return next((word for limit, word in BANDS if self.kld.value < limit), "severe")

    @property
    def warnings(self) -> tuple[str, ...]:
        told = []
        if self.n_not_finite:
            told.append(
                f"{self.n_not_finite:,} tokens gave no finite number and are left out: a file "
                "that does this is damaged, or its numbers overflow."
            )
        if _lowest(self.kld) > BROKEN_NATS or _highest(self.same_top) < BROKEN_SHARE:
            told.append(
                "So far apart as quantizing alone rarely brings about: one of the two may be "
                "damaged, or another model."
            )
        return tuple(told)


def _lowest(figure: Figure) -> float:
    return figure.value if figure.low is None else figure.low


def _highest(figure: Figure) -> float:
    """A share of one window alone may be anything."""
    return 1.0 if figure.high is None else figure.high


def measures(windows: Sequence[WindowNumbers]) -> Measures | None:
    """None where no token has finite numbers."""
    table = _Table(windows)
    if not table.n_tokens:
        return None
    kld, ratio = table.mean(table.kld), table.mean(table.nll - table.nll_base)
    own, base = table.mean(table.nll), table.mean(table.nll_base)
    delta_p = np.exp(-table.nll) - np.exp(-table.nll_base)
    return Measures(
        n_windows=len(windows),
        n_tokens=table.n_tokens,
        n_not_finite=table.n_not_finite,
        kld=kld,
        kld_99=_percentile(table.kld, table.windows, 0.99),
        kld_largest=float(table.kld.max()),
        perplexity_base=base.exponential(),
        perplexity=own.exponential(),
        perplexity_ratio=ratio.exponential(),
        mean_delta_p=table.mean(delta_p),
        rms_delta_p=_root(table.mean(delta_p**2)),
        same_top=_share(table),
        kld_by_kind=_by_kind(table),
    )


class _Table:
    """All finite tokens in a row; `windows` says which window each belongs to."""

    def __init__(self, windows: Sequence[WindowNumbers]) -> None:
        def joined(part: Callable[[WindowNumbers], Sequence[float]]) -> Floats:
            return np.array([value for window in windows for value in part(window)], dtype=float)

        values = [joined(lambda w: w.nll_base), joined(lambda w: w.nll), joined(lambda w: w.kld)]
        kept = np.isfinite(values).all(axis=0)
        self.nll_base, self.nll, self.kld = (each[kept] for each in values)
        self.same = (joined(lambda w: w.top_base) == joined(lambda w: w.top))[kept].astype(float)
        lengths = [len(window.kld) for window in windows]
        self.windows = np.repeat(np.arange(len(windows)), lengths)[kept].tolist()
        self.kinds = np.repeat([window.kind for window in windows], lengths)[kept]
        self.n_tokens, self.n_not_finite = int(kept.sum()), int((~kept).sum())

    def mean(self, values: Floats) -> Figure:
        return mean_figure(values, self.windows)


def _root(square: Figure) -> Figure:
    """SE(√m) = ½·SE(m)/√m."""
    root = sqrt(square.value)
    return square.through(lambda value: sqrt(max(0.0, value)), 0.5 / root if root else 0.0)


def _share(table: _Table) -> Figure:
    """Wilson's interval on as many independent tokens as the windows are worth."""
    plain = table.mean(table.same)
    bounds = proportion(table.same, table.windows) if plain.se is not None else None
    if not isinstance(bounds, Estimate):
        return plain
    return Figure(plain.value, plain.se, bounds.low, bounds.high, plain.se_tokens)


def _percentile(values: Floats, windows: Sequence[int], share: float) -> Figure:
    """Linear between ranks at share·(n − 1); its interval from windows drawn again and again."""

    bounds = cluster_bootstrap(
        lambda places: float(np.quantile(values[places], share)), windows, seed=SEED
    )
    if isinstance(bounds, Estimate):
        return Figure(bounds.value, None, bounds.low, bounds.high)
    return Figure(
        float(np.quantile(values, share)),
        reason=f"It takes at least {FEWEST_FOR_BOOTSTRAP} windows.",
    )


def _by_kind(table: _Table) -> dict[str, Figure]:
    found = {}
    for kind in dict.fromkeys(table.kinds.tolist()):
        places = np.flatnonzero(table.kinds == kind)
        found[kind] = mean_figure(table.kld[places], [table.windows[at] for at in places])
    return found
