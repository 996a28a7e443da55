"""How likely every token of a prompt was, from an MLX model."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.engine.backend import CancelFlag, Emit
from models.engine.lens import Lens
from models.engine.messages import Alternative, Progress, TokenData
from models.engine.mlx_context import CPU_CHUNK, MlxContext
from models.engine.mlx_vocabulary import MlxVocabulary
from models.errors import Cancelled, UserError


class MlxScorer:
    """Reads a prompt from its first token on, a window of logits at a time."""

    def __init__(self, vocabulary: MlxVocabulary, context: MlxContext, top: int) -> None:
        self._vocabulary = vocabulary
        self._context = context
        self._top = top
        self._lens = Lens(vocabulary.n_tokens)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def run(self, ids: Sequence[int], emit: Emit, cancel: CancelFlag) -> tuple[TokenData, ...]:
        """Raises Cancelled when stopped, UserError when the prompt does not fit."""
        context = self._context
        if len(ids) > context.n_ctx:
            raise UserError(
                f"The prompt has {len(ids):,} tokens, but the context holds {context.n_ctx:,}.",
                "Shorten it, or load the model with a larger context.",
            )
        told = [TokenData(token, self._text(token)) for token in ids[:1]]
        context.forget()
        for start in range(0, len(ids), CPU_CHUNK):
            if cancel.is_set:
                raise Cancelled
            emit(Progress("prompt", start, len(ids)))
            logits = np.array(context.read_window(ids[start : start + CPU_CHUNK]))
            following = ids[start + 1 : start + 1 + len(logits)]
            told += [self._told(t, row) for t, row in zip(following, logits, strict=False)]
        return tuple(told)

    def _told(self, token: int, logits: Any) -> TokenData:
        step = self._lens.step(logits, token, self._top)
        top = tuple(
            Alternative(i, self._vocabulary.piece(i).decode("utf-8", "replace"), p)
            for i, p in zip(step.top_ids, step.top_logprobs, strict=True)
        )
        return TokenData(token, self._text(token), step.logprob, step.entropy, top)

    def _text(self, token: int) -> str:
        return self._decoder.decode(self._vocabulary.piece(token))
