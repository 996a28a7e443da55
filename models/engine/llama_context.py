"""One llama.cpp context: its cache of tokens, chunked prompts and stopping in the middle."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

from models.engine.backend import CancelFlag
from models.engine.llama_batch import LlamaBatch
from models.engine.llama_library import AbortFlag
from models.engine.token_trie import shared
from models.errors import UserError

ABORTED = 2  # llama_decode: stopped by the abort callback
NO_SLOT = 1


class LlamaContext:
    def __init__(self, library: Any, pointer: Any, n_batch: int) -> None:
        self._library = library
        self.pointer = pointer
        self.n_ctx: int = library.llama_n_ctx(pointer)
        self.n_seq: int = library.llama_n_seq_max(pointer)
        self.n_batch = n_batch
        self._memory = library.llama_get_memory(pointer)
        self._n_swa: int = library.llama_model_n_swa(library.llama_get_model(pointer))
        self._one = (ctypes.c_int32 * 1)()
        self._abort = AbortFlag(library)
        library.llama_set_abort_callback(pointer, self._abort.callback, self._abort.data)
        self.tokens: list[int] = []  # what the cache holds
        self._is_mixed = False  # other sequences, or tokens not listed, are in it

    def watch(self, cancel: CancelFlag) -> None:
        """From now on a cancel stops a running decode."""
        self._abort.clear()
        cancel.on_set(self._abort.set)

    def unwatch(self, cancel: CancelFlag) -> None:
        cancel.on_set(None)
        self._abort.clear()

    def keep_prefix(self, tokens: Sequence[int], reuse: bool, least_read: int = 1) -> int:
        """Cut the cache to what it shares with `tokens`; returns how many stay.

        At least the last token is always read again: its logits are needed.
        """
        if self._is_mixed:
            self._is_mixed = False
            return self.cut(0)
        limit = max(0, len(tokens) - least_read) if reuse else 0
        return self.cut(shared(self.tokens, tokens[:limit]))

    def cut(self, length: int) -> int:
        """Forget all but the first `length` tokens; models that cannot do it forget all."""
        if length == len(self.tokens) or self._can_go_back_to(length):
            removed = length > 0 and self._library.llama_memory_seq_rm(self._memory, 0, length, -1)
        else:
            removed = False
        if not removed:
            length = 0
            self._library.llama_memory_clear(self._memory, True)
        del self.tokens[length:]
        return length

    def _can_go_back_to(self, length: int) -> bool:
        """Layers with a sliding window forget what has left it. The same rule as in llama.cpp's
        server: the window before the next token must still be there."""
        first_kept = self._library.llama_memory_seq_pos_min(self._memory, 0)
        return bool(first_kept <= max(0, length - self._n_swa))

    def read(
        self, tokens: Sequence[int], cancel: CancelFlag, on_chunk: Callable[[int], None]
    ) -> bool:
        """Decode `tokens` in chunks; False when stopped. The cache stays true either way.

        `on_chunk` is told before each chunk how many are done.
        """
        done = 0
        while done < len(tokens):
            if cancel.is_set:
                return False
            on_chunk(done)
            chunk = tokens[done : done + self.n_batch]
            if not self._decode((ctypes.c_int32 * len(chunk))(*chunk), chunk):
                return False
            done += len(chunk)
        return True

    def read_one(self, token: int) -> bool:
        self._one[0] = token
        return self._decode(self._one, (token,))

    def _decode(self, array: Any, tokens: Sequence[int]) -> bool:
        batch = self._library.llama_batch_get_one(array, len(tokens))
        code = self._library.llama_decode(self.pointer, batch)
        if code == 0:
            self.tokens.extend(tokens)
            return True
        self.cut(len(self.tokens))  # drop what an interrupted batch left behind
        if code == ABORTED:
            return False
        self._refuse(code)
        return False

    def _refuse(self, code: int) -> None:
        if code == NO_SLOT:
            raise UserError("The context is full.", "Load the model with a larger context.")
        raise UserError(
            f"The engine could not read the prompt (code {code}).",
            "Try a smaller context or fewer GPU layers.",
        )

    def decode_batch(self, batch: LlamaBatch) -> bool:
        """Decode tokens of several sequences, then free the batch; False when stopped.

        What the cache holds is not followed any more: the next `keep_prefix` starts anew.
        """
        try:
            code = self._library.llama_decode(self.pointer, batch.native)
        finally:
            batch.close()
        self._is_mixed = True
        if code not in (0, ABORTED):
            self._refuse(code)
        return bool(code == 0)

    def forget_after(self, sequence: int, length: int) -> None:
        """Drop what a sequence holds beyond its first `length` tokens."""
        self._library.llama_memory_seq_rm(self._memory, sequence, length, -1)

    def drop_extras(self) -> bool:
        """Back to `tokens` after batches on sequence 0; False where a sliding window has lost
        them, and then nothing is left."""
        self._is_mixed = False
        length = len(self.tokens)
        if self._can_go_back_to(length):
            self.forget_after(0, length)
            return True
        self.cut(0)
        return False

    @property
    def has_sliding_window(self) -> bool:
        return self._n_swa > 0

    def logits_pointer(self) -> Any:
        """float32 [n_vocab] of the last token."""
        return self._library.llama_get_logits_ith(self.pointer, -1)

    def close(self) -> None:
        self._library.llama_free(self.pointer)
