"""Tokens a second of a GGUF model, measured as llama-bench does it.

The same calls as in llama.cpp's tools/llama-bench: random tokens, the first one the beginning of a
text where the model wants that; batches of the context's size for reading, one token at a time
with its logits for writing; the cache cleared before, but for `depth` tokens.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from typing import Any

from models.engine.backend import CancelFlag
from models.engine.llama_context import ABORTED, LlamaContext
from models.engine.load_of_others import LoadOfOthers
from models.engine.messages import TimeTokens, TokensTimed
from models.engine.random_tokens import DEPTH_SEED, drawn_tokens, refuse_oversized
from models.errors import Cancelled, UserError


class TokenTimer:
    """`first_token` begins a text, −1 where the model has no such token."""

    def __init__(self, library: Any, context: LlamaContext, n_vocab: int, first_token: int) -> None:
        self._library = library
        self._context = context
        self._n_vocab = n_vocab
        self._first = first_token

    def run(self, request: TimeTokens, cancel: CancelFlag) -> TokensTimed:
        """Raises Cancelled when stopped, UserError when it does not fit."""
        refuse_oversized(request, self._context.n_ctx)
        context = self._context
        if request.threads:
            self._library.llama_set_n_threads(context.pointer, request.threads, request.threads)
        context.watch(cancel)
        try:
            self._go_to(request.depth, cancel)
            return self._timed(request, cancel)
        finally:
            context.unwatch(cancel)

    def _go_to(self, depth: int, cancel: CancelFlag) -> None:
        """Tokens before the timed ones, the same every time, so that they are read once."""
        ids = drawn_tokens(depth, self._n_vocab, DEPTH_SEED)
        kept = self._context.keep_prefix([*ids, -1], reuse=True)
        if not self._context.read(ids[kept:], cancel):
            raise Cancelled

    def _timed(self, request: TimeTokens, cancel: CancelFlag) -> TokensTimed:
        ids = drawn_tokens(request.n_read + request.n_written, self._n_vocab, request.seed)
        if ids and self._first >= 0:
            ids[0] = self._first
        read, size = ids[: request.n_read], self._context.n_batch
        chunks = [read[at : at + size] for at in range(0, len(read), size)]
        reading = [self._batch(chunk) for chunk in chunks]
        writing = [self._batch([token]) for token in ids[request.n_read :]]
        try:
            others = LoadOfOthers()
            started = time.perf_counter()
            self._decode(reading, cancel)
            for one in writing:
                self._decode([one], cancel)
            return TokensTimed(time.perf_counter() - started, others.cores())
        finally:
            self._context.held[0] += ids
            self._context.cut(request.depth)

    def _batch(self, ids: Sequence[int]) -> tuple[Any, Any]:
        """The batch stands on the tokens, which have to live as long."""
        tokens = (ctypes.c_int32 * len(ids))(*ids)
        return tokens, self._library.llama_batch_get_one(tokens, len(ids))

    def _decode(self, batches: Sequence[tuple[Any, Any]], cancel: CancelFlag) -> None:
        for _tokens, batch in batches:
            code = self._library.llama_decode(self._context.pointer, batch)
            if cancel.is_set or code == ABORTED:
                raise Cancelled
            if code:
                raise UserError(f"The engine could not read the tokens (code {code}).")
        self._library.llama_synchronize(self._context.pointer)
