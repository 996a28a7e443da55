"""What samplers make of a real distribution, in the order of the chain that replies are drawn with.

Each step is what llama.cpp's sampler of the same name does (see `models/engine/llama_sampling.py`).
All work on candidates that stand in their order, so that every step but the temperature only moves
an end of them: the sorting is done once, and a change of a setting costs a few milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.engine.messages import Sampling

Floats = NDArray[np.float64]
LARGEST_XTC_THRESHOLD = 0.5  # above it no two tokens can stand
LEAST = 1e-37  # what is less likely adds nothing to an entropy, and float32 has no logarithm of 0


@dataclass(frozen=True)
class Distribution:
    """What may follow, the likeliest first: token numbers and natural log-probabilities, float32
    [n_vocab]. All steps below speak of places in this order."""

    ids: NDArray[np.intp]
    logprobs: NDArray[np.float32]

    @classmethod
    def of(cls, logprobs: NDArray[np.float32]) -> Distribution:
        """`logprobs`: float32 [n_vocab] by token number."""
        order = np.argsort(-logprobs, kind="stable")
        return cls(order, logprobs[order])

    @cached_property
    def probabilities(self) -> Floats:
        return np.exp(self.logprobs.astype(np.float64))

    @cached_property
    def entropy_bits(self) -> float:
        return entropy_bits(self.probabilities)


@dataclass(frozen=True)
class Candidates:
    """What is left: the places from `first` on, with probabilities float64 [n] that sum to 1."""

    first: int
    probabilities: Floats

    @property
    def entropy_bits(self) -> float:
        return entropy_bits(self.probabilities)

    def __len__(self) -> int:
        return len(self.probabilities)


@dataclass(frozen=True)
class Shaped:
    """The distribution that is drawn from. XTC draws lots: in `cut_share` of the draws it takes
    the likeliest tokens away and `cut` is drawn from, else `uncut`. None where it takes none."""

    uncut: Candidates
    cut: Candidates | None = None
    cut_share: float = 0.0

    @cached_property
    def mixed(self) -> Floats:
        """By place, float64 [n]: both cases together, each with its share of the draws."""
        whole = np.zeros(self.uncut.first + len(self.uncut))
        _add(whole, self.uncut, 1 - self.cut_share)
        if self.cut is not None:
            _add(whole, self.cut, self.cut_share)
        return whole

    @property
    def n_candidates(self) -> int:
        """Tokens that can come at all."""
        return int(np.count_nonzero(self.mixed))


def shape(distribution: Distribution, sampling: Sampling) -> Shaped:
    """What temperature, top-k, top-p, min-p and XTC make of it, in the order of
    `sampling.samplers`. Temperature 0 takes the likeliest and leaves the others out, as the chain
    does; the samplers that look at what was written before are left out."""
    if sampling.temperature <= 0:
        return Shaped(Candidates(0, np.ones(1)))
    return _run(distribution.logprobs, 0, sampling.samplers, sampling)


def _run(x: NDArray[np.float32], first: int, steps: Sequence[str], s: Sampling) -> Shaped:
    """`x`: logits of the candidates from place `first` on, largest first."""
    for at, name in enumerate(steps):
        if name == "top_k" and s.top_k > 0:
            x = x[: s.top_k]
        elif name == "top_p" and s.top_p < 1:
            x = x[: _n_reaching(softmax(x), s.top_p)]
        elif name == "min_p" and s.min_p > 0:
            x = x[: max(1, int(np.count_nonzero(x >= x[0] + math.log(s.min_p))))]
        elif name == "temperature":
            x = x / np.float32(s.temperature)
        elif name == "xtc" and (n_cut := _n_cut(x, s)):
            rest = steps[at + 1 :]
            uncut, cut = _run(x, first, rest, s), _run(x[n_cut:], first + n_cut, rest, s)
            return Shaped(uncut.uncut, cut.uncut, min(1.0, s.xtc_probability))
    return Shaped(Candidates(first, softmax(x)))


def _n_reaching(probabilities: Floats, share: float) -> int:
    """How many of the likeliest reach `share` together; one at least."""
    reached = int(np.searchsorted(np.cumsum(probabilities), share, side="left"))
    return min(reached + 1, len(probabilities))


def _n_cut(x: NDArray[np.float32], s: Sampling) -> int:
    """How many XTC takes away when the lot falls so: all that reach the threshold but the last."""
    if s.xtc_probability <= 0 or s.xtc_threshold > LARGEST_XTC_THRESHOLD:
        return 0
    return max(0, int(np.count_nonzero(softmax(x) >= s.xtc_threshold)) - 1)


def _add(whole: Floats, candidates: Candidates, share: float) -> None:
    end = candidates.first + len(candidates)
    whole[candidates.first : end] += share * candidates.probabilities


def softmax(x: NDArray[np.float32]) -> Floats:
    """float64 [n] from logits, largest first."""
    weights = np.exp(x - x[0]).astype(np.float64)
    shares: Floats = weights / weights.sum()
    return shares


def entropy_bits(probabilities: Floats) -> float:
    """−Σ p·log₂ p, with logarithms in float32: a tenth of the time, and exact to six digits."""
    logs = np.log2(np.maximum(probabilities, LEAST).astype(np.float32))
    # no matrix product: on a busy machine its threads wait 8 ms for each other
    return max(0.0, -float((probabilities * logs).sum()))
