"""What is told of each token of a prompt, from the logits before it."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.engine.lens import Lens
from models.engine.messages import Alternative, TokenData
from models.engine.prompt_tokens import LONGEST_CHARACTER_BYTES, Vocabulary
from models.errors import UserError

Logits = NDArray[np.float32]


class TokenScores:
    """Tells of the tokens of one prompt in their order."""

    def __init__(self, vocabulary: Vocabulary, n_vocab: int, top: int) -> None:
        self._vocabulary = vocabulary
        self._top = top
        self._lens = Lens(n_vocab)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def begin(self, ids: Sequence[int], first: int) -> list[TokenData]:
        """The first token of a whole prompt, before which nothing stands. Where the prompt is told
        from a later token on, a character may have begun before it."""
        if first == 0:
            return [TokenData(token, self._text(token)) for token in ids[:1]]
        for token in ids[max(0, first - LONGEST_CHARACTER_BYTES) : first]:
            self._text(token)
        return []

    def told(self, token: int, logits: Logits) -> TokenData:
        step = self._lens.step(logits, token, self._top)
        text = self._text(token)
        if not step.rank:
            return TokenData(token, text)
        top = alternatives(self._vocabulary, step.top_ids, step.top_logprobs)
        return TokenData(token, text, step.logprob, step.entropy, top, step.rank)

    def _text(self, token: int) -> str:
        return self._decoder.decode(self._vocabulary.piece(token))


def alternatives(
    vocabulary: Vocabulary, ids: Sequence[int], logprobs: Sequence[float]
) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(token, vocabulary.piece(token).decode("utf-8", "replace"), logprob)
        for token, logprob in zip(ids, logprobs, strict=True)
    )


def refuse_too_long(n_tokens: int, n_ctx: int) -> None:
    if n_tokens > n_ctx:
        raise UserError(
            f"The prompt has {n_tokens:,} tokens, but the context holds {n_ctx:,}.",
            "Shorten it, or load the model with a larger context.",
        )


def refuse_empty(ids: Sequence[int]) -> None:
    if not ids:
        raise UserError("Nothing stands before the token to come.", "Write a prompt.")
