"""How long a comparison will take, from those that were made here before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from labs.quantization.kept import KeptRow
from labs.quantization.speed import NEW_TOKENS, PROMPT_TOKENS, REPETITIONS

# A core reads so many tokens a second of a model of one weight: measured on two slow ones.
WEIGHTS_A_CORE_S = 3e10
LOAD_BYTES_S = 1e9
BYTES_A_TOKEN = 3.8  # of the texts that ship, as the starter cuts them
WRITES_SLOWER = 7.0  # than it reads: one token at a time


@dataclass(frozen=True)
class Weights:
    """What has to be read of one model; `kind` as `pace.kind_of` has it."""

    kind: str
    n_weights: int
    size_bytes: int
    is_slow: bool = False


@dataclass(frozen=True)
class Estimate:
    """`is_rough`: of one of them nothing was compared on this machine yet."""

    seconds: float
    is_rough: bool


def windows_in(size_bytes: int, window_tokens: int) -> int:
    """About how many a text has, at least 1."""
    return max(1, round(size_bytes / BYTES_A_TOKEN / window_tokens))


def estimate(
    models: Sequence[Weights], n_windows: int, window_tokens: int, kept: Sequence[KeptRow] = (),
    *, with_speed: bool = True,
) -> Estimate | None:  # fmt: skip
    """None where one of them is slow, and how slow was never measured here."""
    tokens = n_windows * window_tokens
    if with_speed:
        tokens += int(REPETITIONS * (PROMPT_TOKENS + WRITES_SLOWER * NEW_TOKENS))
    seconds, is_rough = 0.0, False
    for each in models:
        pace = _measured(each.kind, kept)
        if pace is None and each.is_slow:
            return None
        is_rough = is_rough or pace is None
        pace = pace or WEIGHTS_A_CORE_S * max(1, (os.cpu_count() or 2) // 2)
        seconds += tokens * each.n_weights / pace + each.size_bytes / LOAD_BYTES_S
    return Estimate(seconds, is_rough)


def _measured(kind: str, kept: Sequence[KeptRow]) -> float | None:
    """Weights times tokens a second, in the middle of those that were compared here."""
    known = [n_weights * speed for row in kept for of, n_weights, speed in row.speeds if of == kind]
    return median(known) if known else None
