"""What was sent, word by word, where a server keeps the tokens of its model to itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.engine.messages import Part, PromptToken

UNKNOWN = -1  # the number of a piece that is no token


def words_of(parts: Sequence[Part]) -> tuple[PromptToken, ...]:
    """The text of the messages in pieces of a word, each with its origin and without a number."""
    return tuple(
        PromptToken(UNKNOWN, word, part.origin)
        for part in parts
        for word in re.findall(r"\s*\S+|\s+$", part.text)
    )


def are_words(tokens: Sequence[PromptToken]) -> bool:
    return any(token.token_id == UNKNOWN for token in tokens)
