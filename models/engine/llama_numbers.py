"""Numbers of a text from a GGUF model: log-probabilities of a prompt, and embeddings."""

from __future__ import annotations

import base64
import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.engine.backend import CancelFlag, Emit
from models.engine.llama_batch import Slot
from models.engine.llama_context import LlamaContext
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.messages import Embedding, Progress, TokenData
from models.engine.token_scores import TokenScores, refuse_too_long
from models.errors import Cancelled, UserError

# Logits of so many tokens are kept at a time: 33 MB where a vocabulary has 128,000.
WINDOW_TOKENS = 64


class PromptScorer:
    """Reads a prompt and tells how likely each token was."""

    def __init__(
        self, library: Any, vocabulary: LlamaVocabulary, context: LlamaContext, top: int
    ) -> None:
        self._library = library
        self._context = context
        self._n_vocab = vocabulary.n_tokens
        self._scores = TokenScores(vocabulary, vocabulary.n_tokens, top)

    def run(
        self, ids: Sequence[int], first: int, emit: Emit, cancel: CancelFlag
    ) -> tuple[TokenData, ...]:
        """Tokens from `first` on. Raises Cancelled when stopped, UserError when the prompt does
        not fit."""
        context = self._context
        refuse_too_long(len(ids), context.n_ctx)
        told, begin = self._scores.begin(ids, first), max(0, first - 1)
        size = min(WINDOW_TOKENS, context.n_batch)
        context.watch(cancel)
        try:
            kept = context.keep_prefix(ids[:first], reuse=first > 0)
            if not context.read(ids[kept:begin], cancel):
                raise Cancelled
            for start in range(begin, len(ids) - 1, size):
                emit(Progress("prompt", start, len(ids)))
                told += self._window(ids[start : start + size + 1], start, cancel)
        finally:
            context.unwatch(cancel)
        return tuple(told)

    def _window(self, ids: Sequence[int], start: int, cancel: CancelFlag) -> list[TokenData]:
        """Read all but the last of `ids`, which nothing has to follow."""
        slots = [Slot(token, start + n, 0, wants_logits=True) for n, token in enumerate(ids[:-1])]
        if cancel.is_set or not self._context.decode(slots):
            raise Cancelled
        return [self._scores.told(token, self._logits(at)) for at, token in enumerate(ids[1:])]

    def _logits(self, place: int) -> Any:
        pointer = self._library.llama_get_logits_ith(self._context.pointer, place)
        return np.ctypeslib.as_array(pointer, (self._n_vocab,))


class Embedder:
    """Vectors of texts from a context made for embeddings, whose batch holds a whole text."""

    def __init__(self, library: Any, context: LlamaContext, n_values: int) -> None:
        self._library = library
        self._context = context
        self._n_values = n_values

    def run(self, texts: Sequence[Sequence[int]], cancel: CancelFlag) -> tuple[Embedding, ...]:
        """Raises Cancelled when stopped."""
        self._context.watch(cancel)
        try:
            return tuple(self._embedding(ids, cancel) for ids in texts)
        finally:
            self._context.unwatch(cancel)

    def _embedding(self, ids: Sequence[int], cancel: CancelFlag) -> Embedding:
        self._context.cut(0)
        slots = [Slot(token, n, 0, wants_logits=True) for n, token in enumerate(ids)]
        if cancel.is_set or not self._context.decode(slots):
            raise Cancelled
        pointer = self._library.llama_get_embeddings_seq(self._context.pointer, 0)
        if not ctypes.cast(pointer, ctypes.c_void_p).value:
            raise UserError("This model gives no embeddings.", "Choose an embedding model.")
        return Embedding(unit_vector(np.ctypeslib.as_array(pointer, (self._n_values,))), len(ids))


def unit_vector(values: Any) -> str:
    """float [n] at length 1, as base64 of little endian float32."""
    vector = np.asarray(values, dtype="<f4")
    length = float(np.linalg.norm(vector))
    return base64.b64encode((vector / (length or 1.0)).astype("<f4").tobytes()).decode("ascii")
