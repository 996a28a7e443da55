"""A text as its different words in pieces, of which two neighbours at a time become one.

It is cut into words as GPT-2 does it (Radford and others 2019): letters, digits or other signs
with at most one blank before them. No pair is ever joined across the edge of a word.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

_WORD = r"'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
MOST_WORD_BYTES = 256  # a longer run of letters is cut: it is no word, and would take minutes
Pair = tuple[bytes, bytes]


@lru_cache(maxsize=1)
def _pattern() -> Pattern[str]:
    import regex

    return regex.compile(_WORD)


def words_of(text: str) -> list[bytes]:
    """The words in their order; together they are the whole text. What is no valid Unicode, such
    as half a surrogate pair, becomes a question mark."""
    found = []
    for match in _pattern().finditer(text):
        raw = match[0].encode("utf-8", "replace")
        found += [raw[n : n + MOST_WORD_BYTES] for n in range(0, len(raw), MOST_WORD_BYTES)]
    return found


class WordsInPieces:
    """`pairs` counts the neighbours in the whole text; three equal pieces in a row are two pairs.
    `n_tokens` and `n_bytes` are those of the whole text."""

    def __init__(self, text: str) -> None:
        counted = Counter(words_of(text))
        self._times = list(counted.values())
        self._words = [[bytes((byte,)) for byte in word] for word in counted]
        self.n_bytes = sum(len(word) * times for word, times in counted.items())
        self.n_tokens = self.n_bytes
        self.pairs: Counter[Pair] = Counter()
        self._where: dict[Pair, set[int]] = {}
        for place, word in enumerate(self._words):
            self._count(place, word, self._times[place])

    def join(self, pair: Pair) -> set[Pair]:
        """Make one piece of a pair wherever it stands, from left to right. Returns the pairs that
        are counted otherwise now."""
        changed: set[Pair] = set()
        for place in self._where.pop(pair, ()):
            word, times = self._words[place], self._times[place]
            joined = _joined(word, pair)
            if len(joined) == len(word):
                continue  # the pair was there once, and has gone with another
            changed.update(pairwise(word))
            self._take_away(word, times)
            self._words[place] = joined
            self.n_tokens -= (len(word) - len(joined)) * times
            self._count(place, joined, times)
            changed.update(pairwise(joined))
        self.pairs.pop(pair, None)
        return changed

    def _count(self, place: int, word: list[bytes], times: int) -> None:
        for pair in pairwise(word):
            self.pairs[pair] += times
            self._where.setdefault(pair, set()).add(place)

    def _take_away(self, word: list[bytes], times: int) -> None:
        for pair in pairwise(word):
            self.pairs[pair] -= times


def _joined(word: list[bytes], pair: Pair) -> list[bytes]:
    left, right = pair
    made, place, last = [], 0, len(word) - 1
    while place <= last:
        if place < last and word[place] == left and word[place + 1] == right:
            made.append(left + right)
            place += 2
        else:
            made.append(word[place])
            place += 1
    return made
