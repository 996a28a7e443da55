"""Tokens that stand for a text where only speed is measured."""

from __future__ import annotations

import random

from models.engine.messages import TimeTokens
from models.errors import UserError

DEPTH_SEED = 0x5EED


def drawn_tokens(count: int, n_vocab: int, seed: int) -> list[int]:
    """Each equally likely; equal for equal seeds."""
    return random.Random(seed).choices(range(n_vocab), k=count)


def refuse_oversized(request: TimeTokens, n_ctx: int) -> None:
    """Raise UserError where the context cannot hold what is asked for."""
    need = request.depth + request.n_read + request.n_written
    if need > n_ctx:
        raise UserError(
            f"{need:,} tokens are to be measured, and the context holds {n_ctx:,}.",
            "Measure fewer, or less deep.",
        )
