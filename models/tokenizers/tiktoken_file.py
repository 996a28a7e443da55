"""Encodings of OpenAI's models from a .tiktoken file; the library's own way would download them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import tiktoken

from models.errors import UserError
from models.tokenizers.merges import Merges
from models.tokenizers.opened import Tokenizer

_MAX_BYTES = 32 << 20
_TEXT_END, _PROMPT_END = "<|endoftext|>", "<|endofprompt|>"
_MIDDLE = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")
# How each encoding cuts a text into words first: tiktoken_ext/openai_public.py (MIT licence).
_R50K = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
_CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
_O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass(frozen=True)
class Encoding:
    name: str
    words: str
    special: dict[str, int] = field(default_factory=dict)


# The file holds neither the rule for words nor the control tokens: it is known by its SHA-256.
KNOWN = {
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7": Encoding(
        "cl100k_base",
        _CL100K,
        {_TEXT_END: 100257, **dict(zip(_MIDDLE, range(100258, 100261), strict=True)),
         _PROMPT_END: 100276},
    ),
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": Encoding(
        "o200k_base", _O200K, {_TEXT_END: 199999, _PROMPT_END: 200018}
    ),
    "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930": Encoding(
        "r50k_base", _R50K, {_TEXT_END: 50256}
    ),
    "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069": Encoding(
        "p50k_base", _R50K, {_TEXT_END: 50256}
    ),
}  # fmt: skip


def open_tiktoken(path: Path) -> Tokenizer:
    """Raises UserError for what is no such file, or one of an encoding unknown here."""
    if path.stat().st_size > _MAX_BYTES:
        raise UserError(f"{path.name} is too large to be an encoding.")
    content = path.read_bytes()
    known = KNOWN.get(hashlib.sha256(content).hexdigest())
    if known is None:
        names = ", ".join(encoding.name for encoding in KNOWN.values())
        raise UserError(
            f"{path.name} is no encoding that Assay knows. Such a file does not tell how words "
            "are cut and which control tokens there are, so it must be a known one.",
            f"Known are, unchanged: {names}.",
        )
    vocabulary = TiktokenVocabulary(known, _ranks(content, path))
    return Tokenizer(
        vocabulary,
        f"BPE (tiktoken, {known.name})",
        vocabulary.n_tokens,
        lambda token_id: "c" if vocabulary.is_control(token_id) else "n",
        _TEXT_END,
        notes=_holes(vocabulary),
        merges=lambda: Merges(vocabulary.rank, takes_whole=True),
    )


def _ranks(content: bytes, path: Path) -> dict[bytes, int]:
    try:
        pairs = (line.split() for line in content.splitlines() if line)
        return {base64.b64decode(token): int(rank) for token, rank in pairs}
    except (ValueError, binascii.Error) as error:
        raise UserError(f"{path.name} cannot be read as an encoding: {error}.") from error


class TiktokenVocabulary:
    bos_text = ""  # these encodings put nothing in front

    def __init__(self, encoding: Encoding, ranks: dict[bytes, int]) -> None:
        self._encoding = tiktoken.Encoding(
            encoding.name,
            pat_str=encoding.words,
            mergeable_ranks=ranks,
            special_tokens=encoding.special,
        )
        self._ranks = ranks
        self._control = {number: text.encode() for text, number in encoding.special.items()}
        self._pieces = {number: token for token, number in ranks.items()} | self._control
        self.n_tokens = max(self._pieces) + 1

    @property
    def n_holes(self) -> int:
        return self.n_tokens - len(self._pieces)

    def encode(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        if parse_special:
            return self._encoding.encode(text, allowed_special="all", disallowed_special=())
        return self._encoding.encode_ordinary(text)

    def rank(self, left: bytes, right: bytes) -> int | None:
        """Such files hold no pairs: whatever is a token may be joined, the lowest number first."""
        return self._ranks.get(left + right)

    def piece(self, token_id: int) -> bytes:
        return self._pieces.get(token_id, b"")

    def is_control(self, token_id: int) -> bool:
        return token_id in self._control

    def contains(self, token_id: int) -> bool:
        return token_id in self._pieces


def _holes(vocabulary: TiktokenVocabulary) -> tuple[str, ...]:
    if not vocabulary.n_holes:
        return ()
    return (f"{vocabulary.n_holes:,} numbers below {vocabulary.n_tokens:,} have no token.",)
