"""Numbers of one sampling step: log-probability and rank of the choice, entropy, alternatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# how far below the top the best alternatives are looked for first, in logits
CANDIDATE_MARGINS = (6.0, 14.0)


@dataclass(frozen=True)
class Step:
    """Natural logs and nats under the untouched model distribution (softmax of the logits).
    `rank` is 1 for the likeliest; equal logits share the better one."""

    logprob: float
    entropy: float
    top_ids: tuple[int, ...]
    top_logprobs: tuple[float, ...]
    rank: int


class Lens:
    """Works in place in one buffer: a vocabulary of 50,000 costs about 0.1 ms a token."""

    def __init__(self, n_vocab: int) -> None:
        self._shifted = np.empty(n_vocab, dtype=np.float32)
        self._weights = np.empty(n_vocab, dtype=np.float32)

    def step(self, logits: NDArray[np.float32], chosen: int, n_top: int) -> Step:
        """`logits`: float32 [n_vocab]. Entropy = log Z − Σ p·(x − max x). NaN without
        alternatives, and rank 0, where a logit is no number."""
        shifted, weights = self._shifted, self._weights
        peak = logits.max()
        if not np.isfinite(peak):
            return Step(float("nan"), float("nan"), (), (), 0)
        np.subtract(logits, peak, out=shifted)
        np.exp(shifted, out=weights)
        total = float(weights.sum(dtype=np.float64))
        log_total = float(np.log(total))
        # a masked token has logit −inf and weight 0; 0 · −inf must count as 0
        np.maximum(shifted, np.float32(-1e30), out=shifted)
        entropy = log_total - float(np.dot(weights, shifted)) / total
        top = self._top(n_top)
        return Step(
            float(shifted[chosen]) - log_total,
            max(0.0, entropy),
            tuple(int(i) for i in top),
            tuple(float(shifted[i]) - log_total for i in top),
            1 + int(np.count_nonzero(shifted > shifted[chosen])),
        )

    def _top(self, n_top: int) -> NDArray[np.intp]:
        near = self._near(n_top)
        if len(near) > n_top:
            near = near[np.argpartition(self._shifted[near], -n_top)[-n_top:]]
        return near[np.argsort(-self._shifted[near], kind="stable")]

    def _near(self, n_top: int) -> NDArray[np.intp]:
        """Few candidates that surely hold the best: sorting the whole vocabulary is slow."""
        for margin in CANDIDATE_MARGINS:
            near = np.flatnonzero(self._shifted > -margin)
            if len(near) >= n_top:
                return near
        return np.arange(len(self._shifted))
