"""The logits of a window of tokens from a GGUF model, as llama-perplexity reads it, and those of
what follows a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.engine.backend import CancelFlag, Emit
from models.engine.llama_batch import Slot
from models.engine.llama_context import LlamaContext
from models.engine.messages import Progress
from models.engine.token_scores import refuse_empty, refuse_too_long
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


def next_logits(
    library: Any, context: LlamaContext, n_vocab: int, ids: Sequence[int], emit: Emit,
    cancel: CancelFlag,
) -> NDArray[np.float32]:  # fmt: skip
    """Float32 [1, n_vocab]: what follows the last of `ids`, as if all were read anew. It holds
    until the context is used again. Raises Cancelled when stopped."""
    refuse_empty(ids)
    refuse_too_long(len(ids), context.n_ctx_seq)
    context.watch(cancel)
    try:
        kept = context.take_prefix(ids, 0)
        left = ids[kept:]
        if not context.read(left, cancel, lambda n: emit(Progress("prompt", kept + n, len(ids)))):
            raise Cancelled
        return np.ctypeslib.as_array(context.logits_pointer(), (n_vocab,))[None]
    finally:
        context.unwatch(cancel)
