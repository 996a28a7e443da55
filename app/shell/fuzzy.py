"""How well a few typed letters fit a name."""

from __future__ import annotations


def score(query: str, name: str) -> float:
    """0 where the letters of `query` do not all occur in order; more is better.

    Letters at the start of a word and letters in a row count more, long names less.
    """
    wanted, text = query.casefold().replace(" ", ""), name.casefold()
    if not wanted:
        return 1.0
    best = 0.0
    for start in (i for i, letter in enumerate(text) if letter == wanted[0]):
        best = max(best, _score_from(wanted, text, start))
    return best


def _score_from(wanted: str, text: str, start: int) -> float:
    total, position, previous = 0.0, start, start - 2
    for letter in wanted:
        position = text.find(letter, position)
        if position < 0:
            return 0.0
        begins_word = position == 0 or not text[position - 1].isalnum()
        total += 1.0 + 1.5 * begins_word + 1.0 * (position == previous + 1)
        previous, position = position, position + 1
    return total / (1 + len(text) / 100) + (1.0 if start == 0 else 0.0)
