"""Tokens of a GGUF model, through llama.cpp's own tokenizer."""

from __future__ import annotations

import ctypes
from array import array
from typing import Any

INT32_MIN = -(2**31)


class LlamaVocabulary:
    """Immutable after load, so the reader thread may use it while the model is busy."""

    def __init__(self, library: Any, model: Any) -> None:
        self._library = library
        self.pointer = library.llama_model_get_vocab(model)
        self.n_tokens: int = library.llama_vocab_n_tokens(self.pointer)
        self._pieces: dict[int, bytes] = {}
        self.bos_id: int = library.llama_vocab_bos(self.pointer)
        self.eos_id: int = library.llama_vocab_eos(self.pointer)
        self.bos_text = self._spelled(self.bos_id)
        self.eos_text = self._spelled(self.eos_id)

    def encode(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        return self.encode_column(text, add_special, parse_special).tolist()

    def encode_column(self, text: str, add_special: bool, parse_special: bool) -> array[int]:
        """As `encode`, four bytes a token: a list of a long text takes longer to make than to
        carry to another process."""
        raw = text.encode()
        size = len(raw) + 8
        buffer = (ctypes.c_int32 * size)()
        count = self._call_tokenize(raw, buffer, add_special, parse_special)
        if count < 0 and count != INT32_MIN:
            buffer = (ctypes.c_int32 * -count)()
            count = self._call_tokenize(raw, buffer, add_special, parse_special)
        if count < 0:
            raise ValueError(f"llama_tokenize returned {count}")
        return array("i", memoryview(buffer).cast("B")[: 4 * count].tobytes())

    def _call_tokenize(self, raw: bytes, buffer: Any, add_special: bool, parse: bool) -> int:
        return int(
            self._library.llama_tokenize(
                self.pointer, raw, len(raw), buffer, len(buffer), add_special, parse
            )
        )

    def piece(self, token_id: int) -> bytes:
        """Bytes of a token, control tokens spelled out."""
        if token_id not in self._pieces:
            self._pieces[token_id] = self._read_piece(token_id, special=True)
        return self._pieces[token_id]

    def shown(self, token_id: int) -> bytes:
        """Bytes a reply shows for a token: control tokens show nothing."""
        return b"" if self.is_control(token_id) else self.piece(token_id)

    def is_control(self, token_id: int) -> bool:
        return bool(self._library.llama_vocab_is_control(self.pointer, token_id))

    def ends_reply(self, token_id: int) -> bool:
        return bool(self._library.llama_vocab_is_eog(self.pointer, token_id))

    def contains(self, token_id: int) -> bool:
        return 0 <= token_id < self.n_tokens

    def _read_piece(self, token_id: int, special: bool) -> bytes:
        size = 64
        buffer = ctypes.create_string_buffer(size)
        read = self._library.llama_token_to_piece
        length = read(self.pointer, token_id, buffer, size, 0, special)
        if length < 0:
            buffer = ctypes.create_string_buffer(-length)
            length = read(self.pointer, token_id, buffer, -length, 0, special)
        return buffer.raw[:length]

    def _spelled(self, token_id: int) -> str:
        return self.piece(token_id).decode("utf-8", "replace") if self.contains(token_id) else ""
