"""The logits of a window of tokens from an MLX model, and those of what follows a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.engine.backend import CancelFlag, Emit
from models.engine.messages import Progress
from models.engine.mlx_context import ROW_CHUNK, MlxContext
from models.engine.token_scores import refuse_empty, refuse_too_long
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


def next_logits(
    context: MlxContext, ids: Sequence[int], emit: Emit, cancel: CancelFlag
) -> NDArray[np.float32]:
    """Float32 [1, n_vocab]: what follows the last of `ids`, as if all were read anew. Raises
    Cancelled when stopped."""
    refuse_empty(ids)
    refuse_too_long(len(ids), context.n_ctx)
    kept = context.keep_chunks(ids)
    left = ids[kept:-1]

    def on_chunk(done: int) -> None:
        emit(Progress("prompt", kept + done, len(ids)))

    if not context.read(left, cancel, on_chunk, ROW_CHUNK):
        raise Cancelled
    return np.array(context.read_one(ids[-1]))[None]
