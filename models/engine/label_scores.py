"""How likely each label is directly after a prompt, over all its spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.engine.messages import Label, LabelScore

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Spelling:
    label: str
    token_ids: tuple[int, ...]


def spellings_of(labels: Sequence[Label], encode: Callable[[str], list[int]]) -> list[Spelling]:
    """Token sequences of all labels. One that only continues another of its label adds nothing:
    its probability is part of the shorter one's."""
    found: list[Spelling] = []
    for label in labels:
        sequences = sorted({tuple(encode(s)) for s in label.spellings if s}, key=len)
        kept: list[tuple[int, ...]] = []
        for ids in sequences:
            if ids and not any(ids[: len(shorter)] == shorter for shorter in kept):
                kept.append(ids)
        found += [Spelling(label.name, ids) for ids in kept]
    return found


def log_softmax(logits: Logits) -> NDArray[np.float64]:
    """Natural log-probabilities of all tokens, float64 [n_vocab]."""
    exact = logits.astype(np.float64)
    shifted = exact - exact.max()
    logprobs: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum())
    return logprobs


def combine(
    labels: Sequence[Label], spellings: Sequence[Spelling], logprobs: Sequence[float]
) -> tuple[LabelScore, ...]:
    """Log-sum-exp over the spellings of each label, in the order of `labels`."""
    scores = []
    for label in labels:
        own = [p for s, p in zip(spellings, logprobs, strict=True) if s.label == label.name]
        total = float(np.logaddexp.reduce(own)) if own else float("-inf")
        scores.append(LabelScore(label.name, total, max(own, default=float("-inf"))))
    return tuple(scores)
