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


class LabelTree:
    """Scores spellings of several tokens step by step: each beginning that some share is read
    once. `path` is the next beginning to read after the prompt; parents come before children,
    so that one token more than before, or than a part of it, is enough.

    "YES" may be two tokens, " Yes" one: of eight usual spellings the starter needs two steps.
    """

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        self.spellings = tuple(spellings)
        self.logprobs = [0.0] * len(self.spellings)
        beginnings = {s.token_ids[:n] for s in spellings for n in range(1, len(s.token_ids))}
        self._paths = sorted(beginnings)
        self._place = 0

    @property
    def is_done(self) -> bool:
        return self._place == len(self._paths)

    @property
    def path(self) -> tuple[int, ...]:
        return self._paths[self._place]

    def begin(self, logprobs: NDArray[np.floating]) -> None:
        """Log-probabilities directly after the prompt."""
        self._add((), logprobs)

    def take(self, logprobs: NDArray[np.floating]) -> None:
        """Log-probabilities after `path`; then the next path stands."""
        self._add(self.path, logprobs)
        self._place += 1

    def _add(self, path: tuple[int, ...], logprobs: NDArray[np.floating]) -> None:
        for at, spelling in enumerate(self.spellings):
            ids, n = spelling.token_ids, len(path)
            if len(ids) > n and ids[:n] == path:
                self.logprobs[at] += float(logprobs[ids[n]])


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
