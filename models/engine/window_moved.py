"""The rows of a window that differ most between two models, with what each found likeliest."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappush, heappushpop

import numpy as np
from numpy.typing import NDArray

from models.engine.messages import MovedRow

Values = NDArray[np.float32]
MOST_ROWS, N_TOP = 12, 10


@dataclass
class Moved:
    """Copies of the logits of a few rows are kept, and looked through in the end: the likeliest of
    every row would take as long as a tenth of the model's own work."""

    _kept: list[tuple[float, int, Values]] = field(default_factory=list)

    def add(self, at: int, logits: Values, kld: Values) -> None:
        """`logits` [rows, n_vocab] of the rows from `at` on, `kld` one number each."""
        for place in np.flatnonzero(np.isfinite(kld)).tolist():
            value = float(kld[place])
            if len(self._kept) < MOST_ROWS:
                heappush(self._kept, (value, at + place, logits[place].copy()))
            elif value > self._kept[0][0]:
                heappushpop(self._kept, (value, at + place, logits[place].copy()))

    def rows(self, base: Values) -> tuple[MovedRow, ...]:
        """The one that differs most first; `base` holds the log-probabilities of all rows."""
        found = sorted(self._kept, key=lambda each: -each[0])
        return tuple(_row(row, base[row], logits) for _, row, logits in found)


def _row(row: int, base: Values, logits: Values) -> MovedRow:
    own = logits - logits.max()
    own -= np.log(np.exp(own).sum())
    return MovedRow(row, *_likeliest(base), *_likeliest(own))


def _likeliest(logprobs: Values) -> tuple[tuple[int, ...], tuple[float, ...]]:
    n = min(N_TOP, len(logprobs))
    best = np.argpartition(logprobs, len(logprobs) - n)[-n:]
    best = best[np.argsort(-logprobs[best], kind="stable")]
    return tuple(best.tolist()), tuple(logprobs[best].tolist())
