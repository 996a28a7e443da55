"""What a text costs in the tokens of one tokenizer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.tokenizers.cut import Cut

# Scripts that write no blanks between words: Thai, Lao, Burmese, Khmer, kana and ideographs.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
_MOST_UNSPACED, _LOOKED_AT = 0.1, 100_000


@dataclass(frozen=True)
class Measures:
    """Counts, and ratios that are None where nothing was counted or words mean nothing.

    `tokens_per_word` (fertility) is N/W with words between blanks; `bytes_per_token` is B/N in
    UTF-8. `vocabulary_share` is distinct tokens ÷ vocabulary.
    """

    n_tokens: int
    n_bytes: int
    n_letters: int  # Unicode code points
    n_graphemes: int
    n_words: int | None
    n_distinct: int
    n_control: int
    n_byte_fallback: int
    n_unknown: int
    n_split_graphemes: int
    spelling: str
    bytes_per_token: float | None
    tokens_per_word: float | None
    tokens_per_grapheme: float | None
    split_share: float | None
    vocabulary_share: float | None


def measure(text: str, cut: Cut, n_vocabulary: int) -> Measures:
    n_tokens, n_bytes = len(cut), len(text.encode())
    n_words = len(text.split()) if _has_words(text) else None
    kinds = cut.n_of_kind
    return Measures(
        n_tokens, n_bytes, len(text), cut.n_graphemes, n_words, len(cut.pieces),
        kinds["c"], kinds["b"], kinds["u"], cut.n_split_graphemes, cut.spelling,
        _ratio(n_bytes, n_tokens), _ratio(n_tokens, n_words), _ratio(n_tokens, cut.n_graphemes),
        _ratio(cut.n_split_graphemes, cut.n_graphemes), _ratio(len(cut.pieces), n_vocabulary),
    )  # fmt: skip


def _ratio(above: int, below: int | None) -> float | None:
    return above / below if below else None


def _has_words(text: str) -> bool:
    """Whether blanks part the words: not where a tenth of the letters are of another kind."""
    if text.isascii():
        return True
    beginning = text[:_LOOKED_AT]
    return len(_UNSPACED.findall(beginning)) <= _MOST_UNSPACED * len(beginning)
