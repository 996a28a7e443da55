"""How likely every token of a prompt was, from an MLX model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.engine.backend import CancelFlag, Emit
from models.engine.messages import Progress, TokenData
from models.engine.mlx_context import CPU_CHUNK, MlxContext
from models.engine.mlx_vocabulary import MlxVocabulary
from models.engine.token_scores import TokenScores, refuse_too_long
from models.errors import Cancelled


class MlxScorer:
    """Reads a prompt, a window of logits at a time."""

    def __init__(self, vocabulary: MlxVocabulary, context: MlxContext, top: int) -> None:
        self._context = context
        self._scores = TokenScores(vocabulary, vocabulary.n_tokens, top)

    def run(
        self, ids: Sequence[int], first: int, emit: Emit, cancel: CancelFlag
    ) -> tuple[TokenData, ...]:
        """Tokens from `first` on. Raises Cancelled when stopped, UserError when the prompt does
        not fit."""
        context = self._context
        refuse_too_long(len(ids), context.n_ctx)
        told, begin = self._scores.begin(ids, first), max(0, first - 1)
        kept = context.keep_prefix(ids[:first], reuse=first > 0)
        if not context.read(ids[kept:begin], cancel):
            raise Cancelled
        for start in range(begin, len(ids) - 1, CPU_CHUNK):
            if cancel.is_set:
                raise Cancelled
            emit(Progress("prompt", start, len(ids)))
            window = ids[start : start + CPU_CHUNK + 1]
            logits = np.array(context.read_window(window[:-1]))
            told += [self._scores.told(t, row) for t, row in zip(window[1:], logits, strict=True)]
        return tuple(told)
