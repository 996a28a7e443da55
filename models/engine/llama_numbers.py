"""Numbers of a text from a GGUF model: log-probabilities of a prompt, and embeddings."""

from __future__ import annotations

import base64
import codecs
import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.engine.backend import CancelFlag, Emit
from models.engine.lens import Lens
from models.engine.llama_batch import Slot
from models.engine.llama_context import LlamaContext
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.messages import Alternative, Embedding, Progress, TokenData
from models.errors import Cancelled, UserError

# Logits of so many tokens are kept at a time: 33 MB where a vocabulary has 128,000.
WINDOW_TOKENS = 64


class PromptScorer:
    """Reads a prompt from its first token on and tells how likely each was."""

    def __init__(
        self, library: Any, vocabulary: LlamaVocabulary, context: LlamaContext, top: int
    ) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._context = context
        self._top = top
        self._lens = Lens(vocabulary.n_tokens)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def run(self, ids: Sequence[int], emit: Emit, cancel: CancelFlag) -> tuple[TokenData, ...]:
        """Raises Cancelled when stopped, UserError when the prompt does not fit."""
        if len(ids) > self._context.n_ctx:
            raise UserError(
                f"The prompt has {len(ids):,} tokens, but the context holds "
                f"{self._context.n_ctx:,}.",
                "Shorten it, or load the model with a larger context.",
            )
        told = [TokenData(token, self._text(token)) for token in ids[:1]]
        self._context.watch(cancel)
        try:
            self._context.cut(0)
            for start in range(0, len(ids), min(WINDOW_TOKENS, self._context.n_batch)):
                emit(Progress("prompt", start, len(ids)))
                told += self._window(ids, start, cancel)
        finally:
            self._context.unwatch(cancel)
        return tuple(told)

    def _window(self, ids: Sequence[int], start: int, cancel: CancelFlag) -> list[TokenData]:
        window = ids[start : start + min(WINDOW_TOKENS, self._context.n_batch)]
        slots = [Slot(token, start + n, 0, wants_logits=True) for n, token in enumerate(window)]
        if cancel.is_set or not self._context.decode(slots):
            raise Cancelled
        following = ids[start + 1 : start + 1 + len(window)]
        return [self._told(token, place) for place, token in enumerate(following)]

    def _told(self, token: int, place: int) -> TokenData:
        size = self._vocabulary.n_tokens
        pointer = self._library.llama_get_logits_ith(self._context.pointer, place)
        step = self._lens.step(np.ctypeslib.as_array(pointer, (size,)), token, self._top)
        top = tuple(
            Alternative(i, self._vocabulary.piece(i).decode("utf-8", "replace"), p)
            for i, p in zip(step.top_ids, step.top_logprobs, strict=True)
        )
        return TokenData(token, self._text(token), step.logprob, step.entropy, top)

    def _text(self, token: int) -> str:
        return self._decoder.decode(self._vocabulary.piece(token))


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
