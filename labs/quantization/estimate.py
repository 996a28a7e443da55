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
class Estimate:
    """`is_rough`: nothing was compared on this machine yet."""

    seconds: float
    is_rough: bool


def windows_in(size_bytes: int, window_tokens: int) -> int:
    """About how many a text has, at least 1."""
    return max(1, round(size_bytes / BYTES_A_TOKEN / window_tokens))


def estimate(
    sizes: Sequence[tuple[int, int]], n_windows: int, window_tokens: int,
    kept: Sequence[KeptRow] = (), *, with_speed: bool = True,
) -> Estimate:  # fmt: skip
    """`sizes`: weights and bytes of each model."""
    known = [n_weights * speed for row in kept for n_weights, speed in row.speeds]
    pace = median(known) if known else WEIGHTS_A_CORE_S * max(1, (os.cpu_count() or 2) // 2)
    tokens = n_windows * window_tokens
    if with_speed:
        tokens += int(REPETITIONS * (PROMPT_TOKENS + WRITES_SLOWER * NEW_TOKENS))
    seconds = sum(tokens * n_weights / pace + size_bytes / LOAD_BYTES_S
                  for n_weights, size_bytes in sizes)  # fmt: skip
    return Estimate(seconds, not known)
