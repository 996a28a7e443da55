"""A SentencePiece model file (tokenizer.model, spiece.model), read by its own library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.errors import UserError
from models.tokenizers.opened import Tokenizer

_BLANK = "▁"
NO_SPECIAL = "A SentencePiece model never reads control tokens out of a text."


def open_sentencepiece(path: Path) -> Tokenizer:
    """Raises UserError where the library is missing, or the file is no such model."""
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError as error:
        raise UserError(
            "SentencePiece files cannot be read yet: their library is not installed.",
            "Install it with: .venv/bin/pip install sentencepiece. Many such models also come "
            "with a tokenizer.json, which needs nothing more.",
        ) from error
    processor = SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(path.read_bytes())
        n_tokens = int(processor.get_piece_size())
    except (RuntimeError, OSError, TypeError, ValueError) as error:
        raise UserError(
            f"{path.name} is no SentencePiece model.", "The file may be damaged; copy it again."
        ) from error
    vocabulary = SentencePieceVocabulary(processor, n_tokens)
    return Tokenizer(
        vocabulary,
        "SentencePiece",
        n_tokens,
        vocabulary.kind_of,
        vocabulary.spelled(processor.eos_id()),
        offsets=vocabulary.offsets,
        notes=(NO_SPECIAL,),
    )


class SentencePieceVocabulary:
    def __init__(self, processor: Any, n_tokens: int) -> None:
        self._processor, self.n_tokens = processor, n_tokens
        self.bos_text = self.spelled(processor.bos_id())

    def encode(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        return list(self._processor.encode(text))

    def piece(self, token_id: int) -> bytes:
        name = str(self._processor.id_to_piece(token_id))
        if self._processor.is_byte(token_id):
            return bytes((int(name[3:5], 16),))
        return name.replace(_BLANK, " ").encode()

    def is_control(self, token_id: int) -> bool:
        return bool(self._processor.is_control(token_id))

    def contains(self, token_id: int) -> bool:
        return 0 <= token_id < self.n_tokens

    def kind_of(self, token_id: int) -> str:
        """A letter of `models.tokenizers.cut.KINDS`."""
        asked = self._processor
        kinds = ((asked.is_control, "c"), (asked.is_byte, "b"), (asked.is_unknown, "u"))
        return next((letter for is_kind, letter in kinds if is_kind(token_id)), "n")

    def offsets(self, text: str, parse_special: bool) -> list[tuple[int, int]]:
        found = self._processor.encode(text, return_type="offset_mapping")
        return list(found["offsets"])

    def spelled(self, token_id: int) -> str:
        return str(self._processor.id_to_piece(token_id)) if token_id >= 0 else ""
