"""The measures of a text as a person would say them."""

from __future__ import annotations

from labs.tokens.measures import Measures

SPELLING_WORDS = {
    "exact": "comes back byte for byte",
    "lead": "comes back with a blank in front",
    "changed": "does not come back: letters were altered",
}


def counted(count: int, what: str) -> str:
    """ "1 token", "2,000 tokens"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def sentences(measures: Measures) -> list[str]:
    """Its ratios, whether it comes back, and what was out of the ordinary."""
    words = [f"{measures.tokens_per_word:.2f} a word"] if measures.tokens_per_word else []
    size = [f"{measures.bytes_per_token:.2f} bytes each"] if measures.bytes_per_token else []
    lines = [", ".join([*words, *size]), SPELLING_WORDS[measures.spelling]]
    counts = (
        (measures.n_control, "control token", "read out of the text"),
        (measures.n_byte_fallback, "single byte", "where it has no token for the letter"),
        (measures.n_unknown, "unknown token", "whose letters are lost"),
        (measures.n_split_graphemes, "character", "spread over several tokens"),
    )
    lines = [line for line in lines if line]
    return [*lines, *(f"{counted(n, what)} {where}" for n, what, where in counts if n)]
