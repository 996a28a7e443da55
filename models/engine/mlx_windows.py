"""The logits of a window of tokens from an MLX model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.engine.backend import CancelFlag
from models.engine.mlx_context import MlxContext
from models.errors import Cancelled


def window_logits(
    context: MlxContext, ids: Sequence[int], first: int, cancel: CancelFlag
) -> Iterator[NDArray[np.float32]]:
    """Float32 [rows, n_vocab] chunk by chunk: what follows the tokens `first` to n − 2. Raises
    Cancelled when stopped."""
    context.forget()
    if not context.read(ids[:first], cancel):
        raise Cancelled
    scored = ids[first:-1]
    for start in range(0, len(scored), context.n_batch):
        if cancel.is_set:
            raise Cancelled
        yield np.array(context.read_window(scored[start : start + context.n_batch]))
