"""A text cut into windows as llama-perplexity cuts it.

Windows do not overlap and hold whole tokens; the first token of each is replaced by the beginning
of a text where the vocabulary adds one. What follows the positions n/2 to n − 2 is scored: 255
predictions for a window of 512.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from labs.quantization.texts import Text
from models.engine.messages import VocabularyFacts
from models.errors import UserError

FEWEST_TOKENS, MOST_WINDOWS = 8, 2000
USUAL_TOKEN_LETTERS = 16  # more than a token has on average; runs of blanks have more


@dataclass(frozen=True)
class Window:
    kind: str
    token_ids: tuple[int, ...]


def first_scored(window_tokens: int) -> int:
    """The position whose prediction is the first that counts."""
    return window_tokens // 2


def n_scored(window_tokens: int) -> int:
    return window_tokens - 1 - first_scored(window_tokens)


def refuse_wish(texts: Sequence[Text], n_windows: int, window_tokens: int) -> None:
    """Raise UserError for what can be told before a model is loaded."""
    if window_tokens < FEWEST_TOKENS or not 1 <= n_windows <= MOST_WINDOWS:
        raise UserError(
            f"{n_windows:,} windows of {window_tokens:,} tokens cannot be compared.",
            f"Choose 1 to {MOST_WINDOWS:,} windows, of {FEWEST_TOKENS} tokens or more.",
        )
    if all(len(text.content.encode()) < window_tokens - 1 for text in texts):
        raise _too_short(window_tokens)  # a token has a byte at least, but for a beginning


def _too_short(window_tokens: int) -> UserError:
    return UserError(
        f"The text is shorter than one window of {window_tokens:,} tokens.",
        "Take a longer text, or smaller windows.",
    )


def cut(
    texts: Sequence[Text],
    tokenize: Callable[[str], Sequence[int]],
    vocabulary: VocabularyFacts,
    n_windows: int,
    window_tokens: int,
) -> tuple[Window, ...]:
    """At most `n_windows`, from the texts in turns. Raises UserError where there is not even one.

    `tokenize` puts the beginning of a text before it where the vocabulary does.
    """
    rows = []
    for text in texts:
        ids = _beginning(text.content, tokenize, n_windows * window_tokens)
        rows.append([Window(text.kind, each) for each in _windows(ids, window_tokens, vocabulary)])
    turns = [each for turn in zip_longest(*rows) for each in turn if each is not None]
    if not turns:
        raise _too_short(window_tokens)
    return tuple(turns[:n_windows])


def _beginning(
    text: str, tokenize: Callable[[str], Sequence[int]], n_tokens: int
) -> tuple[int, ...]:
    """At least `n_tokens`, or all that the text has; a long one is not cut to its end."""
    letters = n_tokens * USUAL_TOKEN_LETTERS
    while len(ids := tuple(tokenize(text[:letters]))) < n_tokens and letters < len(text):
        letters *= 2
    return ids


def _windows(ids: tuple[int, ...], size: int, vocabulary: VocabularyFacts) -> list[tuple[int, ...]]:
    whole = [ids[at : at + size] for at in range(0, len(ids) - size + 1, size)]
    if vocabulary.adds_bos:
        return [(vocabulary.bos_id, *window[1:]) for window in whole]
    return whole
