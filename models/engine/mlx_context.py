"""One MLX prompt cache: what it holds, chunked reading and going back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.engine.backend import CancelFlag
from models.engine.mlx_library import MlxLibrary
from models.engine.token_trie import shared

# Rows are read in chunks that begin at multiples of this, and only whole chunks are shared: then
# a prompt with a shared beginning goes through the same sums as alone, and no bit can differ.
ROW_CHUNK = 64
CPU_CHUNK = 64  # a chunk cannot be stopped inside, and a processor takes seconds for 512 tokens


@dataclass(frozen=True)
class Mark:
    """A place to go back to; `cache` is a copy where tokens cannot be taken back one by one."""

    n_tokens: int
    cache: Any = None


class MlxContext:
    """The cache grows with what is read; `n_ctx` is the limit that was asked for."""

    def __init__(self, library: MlxLibrary, model: Any, n_ctx: int, n_batch: int) -> None:
        self._library = library
        self._model = model
        self.n_ctx = n_ctx
        self.n_batch = n_batch if library.is_on_gpu else min(n_batch, CPU_CHUNK)
        self.tokens: list[int] = []
        self._n_chunked = 0  # tokens of the beginning that were read in chunks of rows
        self._cache = library.cache.make_prompt_cache(model)

    @property
    def _goes_back_anywhere(self) -> bool:
        """Windows and states forget; a plain cache of keys and values does not."""
        return all(type(each).__name__ == "KVCache" for each in self._cache)

    def forget(self) -> None:
        self.tokens.clear()
        self._n_chunked = 0
        self._cache = self._library.cache.make_prompt_cache(self._model)

    def keep_prefix(self, tokens: Sequence[int], reuse: bool) -> int:
        """Cut to what is shared with `tokens`; returns how many stay. The last one of `tokens` is
        always read again: its logits are needed."""
        limit = len(tokens) - 1 if reuse else 0
        return self._cut(shared(self.tokens, tokens[:limit]))

    def keep_chunks(self, tokens: Sequence[int]) -> int:
        """As `keep_prefix`, but whole chunks of a row's prompt only."""
        length = shared(self.tokens[: self._n_chunked], tokens[:-1])
        return self._cut(length - length % ROW_CHUNK)

    def _cut(self, length: int) -> int:
        extra = len(self.tokens) - length
        if length == 0 or (extra and not self._library.cache.can_trim_prompt_cache(self._cache)):
            self.forget()
            return 0
        self._library.cache.trim_prompt_cache(self._cache, extra)
        del self.tokens[length:]
        self._n_chunked = min(self._n_chunked, length)
        return length

    def mark(self) -> Mark:
        kept = None if self._goes_back_anywhere else copy.deepcopy(self._cache)
        return Mark(len(self.tokens), kept)

    def go_back(self, mark: Mark) -> None:
        if mark.cache is None:
            self._cut(mark.n_tokens)
        else:
            self._cache = copy.deepcopy(mark.cache)
            del self.tokens[mark.n_tokens :]

    def read(
        self,
        tokens: Sequence[int],
        cancel: CancelFlag,
        on_chunk: Callable[[int], None] = lambda done: None,
        chunk: int = 0,
    ) -> bool:
        """Read `tokens` without their logits; False when stopped between two chunks.

        `on_chunk` is told before each chunk how many are done. `chunk` is `ROW_CHUNK` for rows.
        """
        size = chunk or self.n_batch
        for done in range(0, len(tokens), size):
            if cancel.is_set:
                return False
            on_chunk(done)
            part = tokens[done : done + size]
            self._model(self._library.mx.array(part)[None], cache=self._cache)
            self._library.mx.eval([each.state for each in self._cache])
            if chunk and len(part) == chunk and len(self.tokens) == self._n_chunked:
                self._n_chunked += chunk
            self.tokens += part
        self._library.mx.clear_cache()  # buffers that one token after the other does not need
        return not cancel.is_set

    def step(self, token: Any) -> Any:
        """float32 [n_vocab] after one more token, an array of one id; not worked out yet.

        The caller notes the token in `tokens`: it may not be known yet.
        """
        logits = self._model(token.reshape(1, 1), cache=self._cache)
        return logits[0, -1].astype(self._library.mx.float32)

    def read_one(self, token: int) -> Any:
        """As `step`, for a token that is known."""
        logits = self.step(self._library.mx.array([token]))
        self.tokens.append(token)
        return logits

    def read_window(self, tokens: Sequence[int]) -> Any:
        """float32 [n_tokens, n_vocab]: the logits after each of a few tokens."""
        mx = self._library.mx
        logits = self._model(mx.array(tokens)[None], cache=self._cache)[0].astype(mx.float32)
        mx.eval(logits)
        self.tokens += tokens
        return logits
