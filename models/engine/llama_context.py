"""One llama.cpp context: what its cache holds, chunked prompts and stopping in the middle."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from models.engine.backend import CancelFlag
from models.engine.llama_batch import LlamaBatch, Slot
from models.engine.llama_library import AbortFlag
from models.engine.token_trie import shared
from models.errors import UserError

ABORTED = 2  # llama_decode: stopped by the abort callback
NO_SLOT = 1
# A single token goes through other kernels than several, which round differently (logits moved
# by up to 1.0, measured); from two tokens on a shared beginning changed no bit. Four for safety.
LEAST_READ_TOKENS = 4


class LlamaContext:
    """Its sequences have a cache each, laid out as if they were alone: in a common one sums run
    over cells at other places, and logits moved by up to 1.1 (measured)."""

    def __init__(self, library: Any, pointer: Any, n_batch: int) -> None:
        self._library = library
        self.pointer = pointer
        self.n_ctx: int = library.llama_n_ctx(pointer)
        self.n_seq: int = library.llama_n_seq_max(pointer)
        self.n_ctx_seq: int = library.llama_n_ctx_seq(pointer)  # tokens a sequence can hold
        self.n_batch = n_batch
        self._memory = library.llama_get_memory(pointer)
        self._n_swa: int = library.llama_model_n_swa(library.llama_get_model(pointer))
        self._one = (ctypes.c_int32 * 1)()
        self._abort = AbortFlag(library)
        library.llama_set_abort_callback(pointer, self._abort.callback, self._abort.data)
        self.held: list[list[int]] = [[] for _ in range(self.n_seq)]  # tokens of each sequence
        self._n_read = [0] * self.n_seq  # how many of them were read several at once

    @property
    def tokens(self) -> list[int]:
        """What the first sequence holds: the only one of a chat."""
        return self.held[0]

    def watch(self, cancel: CancelFlag) -> None:
        """From now on a cancel stops a running decode."""
        self._abort.clear()
        cancel.on_set(self._abort.set)

    def unwatch(self, cancel: CancelFlag) -> None:
        cancel.on_set(None)
        self._abort.clear()

    def keep_prefix(self, tokens: Sequence[int], reuse: bool) -> int:
        """Cut the first sequence to what it shares with `tokens`; returns how many stay.

        At least the last token is always read again: its logits are needed.
        """
        limit = max(0, len(tokens) - 1) if reuse else 0
        return self.cut(shared(self.tokens, tokens[:limit]))

    def take_prefix(self, tokens: Sequence[int], sequence: int) -> int:
        """Give a sequence the longest beginning of `tokens` that any sequence has read; returns
        its length. The last few tokens are left to read."""
        wanted = tokens[: max(0, len(tokens) - LEAST_READ_TOKENS)]
        lengths = [
            shared(held[:n_read], wanted)
            for held, n_read in zip(self.held, self._n_read, strict=True)
        ]
        best = max(range(self.n_seq), key=lambda each: (lengths[each], each == sequence))
        if best != sequence:
            self.copy(best, sequence)
        return self.cut(lengths[best], sequence)

    def copy(self, source: int, target: int) -> None:
        """The target's cache becomes like the source's: 2 ms for 256 tokens of the starter."""
        self._library.llama_memory_seq_rm(self._memory, target, -1, -1)
        self._library.llama_memory_seq_cp(self._memory, source, target, -1, -1)
        self.held[target] = list(self.held[source])
        self._n_read[target] = self._n_read[source]

    def cut(self, length: int, sequence: int = 0) -> int:
        """Forget all but the first `length` tokens; models that cannot do it forget all."""
        held, remove = self.held[sequence], self._library.llama_memory_seq_rm
        can = length == len(held) or self._can_go_back_to(length, sequence)
        if not (can and length > 0 and remove(self._memory, sequence, length, -1)):
            length = 0
            self._forget(sequence)
        del held[length:]
        self._n_read[sequence] = min(self._n_read[sequence], length)
        return length

    def _forget(self, sequence: int) -> None:
        if any(held for other, held in enumerate(self.held) if other != sequence):
            self._library.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        else:
            self._library.llama_memory_clear(self._memory, True)

    def _can_go_back_to(self, length: int, sequence: int) -> bool:
        """Layers with a sliding window forget what has left it. The same rule as in llama.cpp's
        server: the window before the next token must still be there."""
        first_kept = self._library.llama_memory_seq_pos_min(self._memory, sequence)
        return bool(first_kept <= max(0, length - self._n_swa))

    def read(
        self,
        tokens: Sequence[int],
        cancel: CancelFlag,
        on_chunk: Callable[[int], None] = lambda done: None,
        sequence: int = 0,
    ) -> bool:
        """Decode `tokens` in chunks; False when stopped. The cache stays true either way.

        `on_chunk` is told before each chunk how many are done.
        """
        done = 0
        while done < len(tokens):
            if cancel.is_set:
                return False
            on_chunk(done)
            chunk = tokens[done : done + self._chunk_size(len(tokens) - done)]
            done += len(chunk)
            start = len(self.held[sequence])
            slots = [Slot(token, start + n, sequence) for n, token in enumerate(chunk)]
            if not self.decode([*slots[:-1], replace(slots[-1], wants_logits=True)]):
                return False
            if len(chunk) >= LEAST_READ_TOKENS and start == self._n_read[sequence]:
                self._n_read[sequence] += len(chunk)
        return True

    def _chunk_size(self, left: int) -> int:
        """As many as a batch takes, but no single tokens for the last chunk."""
        if self.n_batch < left < self.n_batch + LEAST_READ_TOKENS < 2 * self.n_batch:
            return left - LEAST_READ_TOKENS
        return min(left, self.n_batch)

    def read_one(self, token: int) -> bool:
        """Without a batch of our own: 0.05 ms less a token of a chat."""
        self._one[0] = token
        batch = self._library.llama_batch_get_one(self._one, 1)
        return self._done(
            self._library.llama_decode(self.pointer, batch), (Slot(token, len(self.tokens), 0),)
        )

    def decode(self, slots: Sequence[Slot]) -> bool:
        """Decode tokens of one or several sequences, at most `n_batch`; False when stopped."""
        batch = LlamaBatch(self._library, slots)
        try:
            code = self._library.llama_decode(self.pointer, batch.native)
        finally:
            batch.close()
        return self._done(code, slots)

    def _done(self, code: int, slots: Sequence[Slot]) -> bool:
        if code == 0:
            for slot in slots:
                self.held[slot.sequence].append(slot.token_id)
            return True
        for sequence in {slot.sequence for slot in slots}:
            self.cut(len(self.held[sequence]), sequence)  # what an interrupted batch left behind
        if code != ABORTED:
            self._refuse(code)
        return False

    def _refuse(self, code: int) -> None:
        if code == NO_SLOT:
            raise UserError("The context is full.", "Load the model with a larger context.")
        raise UserError(
            f"The engine could not read the prompt (code {code}).",
            "Try a smaller context or fewer GPU layers.",
        )

    def logits_pointer(self) -> Any:
        """float32 [n_vocab] of the last token."""
        return self._library.llama_get_logits_ith(self.pointer, -1)

    def close(self) -> None:
        self._library.llama_free(self.pointer)
