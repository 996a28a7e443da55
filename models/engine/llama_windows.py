"""The logits of a window of tokens from a GGUF model, as llama-perplexity reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.engine.backend import CancelFlag
from models.engine.llama_batch import Slot
from models.engine.llama_context import LlamaContext
from models.errors import Cancelled


def window_logits(
    library: Any, context: LlamaContext, n_vocab: int, ids: Sequence[int], first: int,
    cancel: CancelFlag,
) -> Iterator[NDArray[np.float32]]:  # fmt: skip
    """Float32 [rows, n_vocab] after each batch: what follows the tokens `first` to n − 2. A piece
    holds until the next one is asked for. Raises Cancelled when stopped."""
    context.watch(cancel)
    try:
        context.cut(0)
        for start in range(0, len(ids), context.n_batch):
            batch = ids[start : start + context.n_batch]
            slots = [
                Slot(token, at, 0, wants_logits=first <= at < len(ids) - 1)
                for at, token in enumerate(batch, start)
            ]
            if cancel.is_set or not context.decode(slots):
                raise Cancelled
            if rows := sum(slot.wants_logits for slot in slots):
                pointer = library.llama_get_logits(context.pointer)
                yield np.ctypeslib.as_array(pointer, (rows, n_vocab))
    finally:
        context.unwatch(cancel)
