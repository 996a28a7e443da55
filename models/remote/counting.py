"""Tokens of what is sent to a server: exact where the tokenizer is known here, else an estimate."""

from __future__ import annotations

from collections.abc import Sequence

from models.engine.messages import Part, PromptToken, Tokenized
from models.engine.prompt_tokens import Vocabulary, tokenize_parts

LETTERS_A_TOKEN = 4  # of Latin text; other letters count one each
TEMPLATE_TOKENS = 6  # what a template commonly writes around a message


def tokenized(parts: Sequence[Part], vocabulary: Vocabulary | None) -> Tokenized:
    """The tokens of a prompt. Around messages the server writes a template that nobody sees, so
    their count is an estimate even where every token of theirs is known."""
    around = TEMPLATE_TOKENS * sum(part.role is not None for part in parts)
    if vocabulary is None:
        return Tokenized(around + estimate(parts), estimated=True)
    tokens = tokens_of(parts, vocabulary)
    return Tokenized(around + len(tokens), tuple(tokens), estimated=bool(around))


def tokens_of(parts: Sequence[Part], vocabulary: Vocabulary) -> list[PromptToken]:
    """Exactly the tokens of the messages' own text; none of the template around them."""
    if not any(part.role for part in parts):
        return tokenize_parts(parts, vocabulary)
    return [
        PromptToken(i, vocabulary.piece(i).decode("utf-8", "replace"), part.origin)
        for part in parts
        for i in (part.token_ids or vocabulary.encode(part.text, False, False))
    ]


def estimate(parts: Sequence[Part]) -> int:
    letters = "".join(part.text for part in parts)
    plain = sum(letter.isascii() for letter in letters)
    known = sum(len(part.token_ids) for part in parts)
    return -(-plain // LETTERS_A_TOKEN) + len(letters) - plain + known
