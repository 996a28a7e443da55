"""A llama.cpp batch: tokens with their positions and the sequences they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Slot:
    token_id: int
    position: int
    sequences: tuple[int, ...]
    wants_logits: bool


class LlamaBatch:
    """Owns native memory; `close` gives it back."""

    def __init__(self, library: Any, slots: Sequence[Slot], n_seq: int) -> None:
        self._library = library
        self.slots = slots
        self.native = library.llama_batch_init(max(1, len(slots)), 0, n_seq)
        self.native.n_tokens = len(slots)
        for at, slot in enumerate(slots):
            self.native.token[at] = slot.token_id
            self.native.pos[at] = slot.position
            self.native.logits[at] = slot.wants_logits
            self.native.n_seq_id[at] = len(slot.sequences)
            for place, sequence in enumerate(slot.sequences):
                self.native.seq_id[at][place] = sequence

    def close(self) -> None:
        self._library.llama_batch_free(self.native)
