"""A tokenizer that needs no model: short pieces of words, reversible, characters may be split."""

from __future__ import annotations

import re

CONTROL = ("<|im_start|>", "<|im_end|>")
PIECE_BYTES = 6
WORDS = re.compile(r" ?\w+|\s|[^\w\s]")
CONTROL_WORDS = re.compile("(" + "|".join(map(re.escape, CONTROL)) + ")")


class SimVocabulary:
    """An id is its own bytes behind a leading 1, so that ids need no table; 1 and 2 are control."""

    bos_text = ""
    n_tokens = 2 ** (8 * PIECE_BYTES + 1)

    def encode(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        if not parse_special:
            return self._plain(text)
        ids: list[int] = []
        for piece in CONTROL_WORDS.split(text):
            ids += [CONTROL.index(piece) + 1] if piece in CONTROL else self._plain(piece)
        return ids

    def _plain(self, text: str) -> list[int]:
        ids = []
        for word in WORDS.findall(text):
            raw = word.encode()
            for start in range(0, len(raw), PIECE_BYTES):
                ids.append(int.from_bytes(b"\x01" + raw[start : start + PIECE_BYTES]))
        return ids

    def piece(self, token_id: int) -> bytes:
        if self.is_control(token_id):
            return CONTROL[token_id - 1].encode()
        return token_id.to_bytes((token_id.bit_length() + 7) // 8)[1:]

    def contains(self, token_id: int) -> bool:
        return 0 < token_id < self.n_tokens

    def is_control(self, token_id: int) -> bool:
        return 1 <= token_id <= len(CONTROL)
