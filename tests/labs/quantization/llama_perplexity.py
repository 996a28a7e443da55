"""llama-perplexity's definitions, written down a second time from its source.

tools/perplexity/perplexity.cpp of llama.cpp: base log-probabilities are kept as 16-bit numbers
between the largest and 16 nats below it, tokens count as independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
FLOOR_NATS = 16.0


@dataclass(frozen=True)
class Told:
    """Each with its standard error as the tool prints it."""

    kld: tuple[float, float]
    perplexity: tuple[float, float]
    perplexity_base: tuple[float, float]
    ln_ratio: tuple[float, float]
    rms_delta_p: tuple[float, float]
    same_top: tuple[float, float]


def told(base: Rows, other: Rows, following: list[int]) -> Told:
    """`base`, `other`: logits [tokens, vocabulary]."""
    rows = [_token(b, o, t) for b, o, t in zip(base, other, following, strict=True)]
    nll, nll_base, kld, same = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    own, kept, n = _mean(nll), _mean(nll_base), len(rows)
    covariance = ((nll * nll_base).mean() - nll.mean() * nll_base.mean()) / (n - 1)
    delta_p = np.exp(-nll) - np.exp(-nll_base)
    square = _mean(delta_p**2)
    share = same.mean()
    return Told(
        _mean(kld),
        (exp(own[0]), exp(own[0]) * own[1]),
        (exp(kept[0]), exp(kept[0]) * kept[1]),
        (own[0] - kept[0], sqrt(own[1] ** 2 + kept[1] ** 2 - 2 * covariance)),
        (sqrt(square[0]), 0.5 / sqrt(square[0]) * square[1]),
        (share, sqrt(share * (1 - share) / (n - 1))),
    )


def _token(base: Rows, other: Rows, token: int) -> tuple[float, float, float, bool]:
    stored = _stored(base)
    log_total = log(float(np.exp(other - other.max()).astype(float).sum()))
    nll = float(other.max()) + log_total - float(other[token])
    kld = 0.0
    for p_log, logit in zip(stored.tolist(), other.tolist(), strict=True):
        if p_log > -FLOOR_NATS:
            kld += exp(p_log) * (p_log - logit + float(other.max()) + log_total)
    return nll, -float(stored[token]), kld, int(stored.argmax()) == int(other.argmax())


def _stored(logits: Rows) -> NDArray[np.float64]:
    """What comes back of the base's log-probabilities."""
    largest = float(logits.max())
    smallest = max(float(logits.min()), largest - FLOOR_NATS)
    log_total = log(float(np.exp(logits - largest).astype(float).sum()))
    scale = (largest - smallest) / 65535
    codes = np.where(logits > smallest, np.rint((logits - smallest) / scale), 0)
    values: NDArray[np.float64] = scale * codes + smallest - largest - log_total
    return values


def _mean(values: Any) -> tuple[float, float]:
    n = len(values)
    return float(values.mean()), sqrt(((values**2).mean() - values.mean() ** 2) / (n - 1))
