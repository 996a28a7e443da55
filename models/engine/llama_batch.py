"""A llama.cpp batch: tokens with their positions and the sequence each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Slot:
    token_id: int
    position: int
    sequence: int
    wants_logits: bool = False


class LlamaBatch:
    """Owns native memory; `close` gives it back."""

    def __init__(self, library: Any, slots: Sequence[Slot]) -> None:
        self._library = library
        self.native = library.llama_batch_init(max(1, len(slots)), 0, 1)
        self.native.n_tokens = len(slots)
        for at, slot in enumerate(slots):
            self.native.token[at] = slot.token_id
            self.native.pos[at] = slot.position
            self.native.logits[at] = slot.wants_logits
            self.native.n_seq_id[at] = 1
            self.native.seq_id[at][0] = slot.sequence

    def close(self) -> None:
        self._library.llama_batch_free(self.native)
