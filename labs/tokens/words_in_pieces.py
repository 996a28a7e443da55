"""A text as its different words in pieces, of which two neighbours at a time become one.

It is cut into words as GPT-2 does it (Radford and others 2019): letters, digits or other signs
with at most one blank before them. No pair is ever joined across the edge of a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    `n_tokens` and `n_bytes` are those of the whole text; `has_cut_words` where a run was as long
    as a word may be."""

    def __init__(self, text: str) -> None:
        counted = Counter(words_of(text))
        self._times = list(counted.values())
        self._words = [[bytes((byte,)) for byte in word] for word in counted]
        self.has_cut_words = any(len(word) == MOST_WORD_BYTES for word in counted)
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
            # Without any match, the pair was there once and has gone with another.
            if found := _places(self._words[place], pair):
                changed |= self._join_at(place, found)
        self.pairs.pop(pair, None)
        return changed

    def _join_at(self, place: int, found: list[int]) -> set[Pair]:
        """Only the neighbours of what is joined are counted anew: a word may have 256 pieces."""
        word, times, changed = self._words[place], self._times[place], set[Pair]()
        joined, made = _joined(word, found)
        for at in _within(word, (n + step for n in found for step in (-1, 0, 1))):
            self.pairs[word[at], word[at + 1]] -= times
            changed.add((word[at], word[at + 1]))
        for at in _within(joined, (n + step for n in made for step in (-1, 0))):
            pair = joined[at], joined[at + 1]
            self.pairs[pair] += times
            self._where.setdefault(pair, set()).add(place)
            changed.add(pair)
        self._words[place] = joined
        self.n_tokens -= len(found) * times
        return changed

    def _count(self, place: int, word: list[bytes], times: int) -> None:
        for pair in pairwise(word):
            self.pairs[pair] += times
            self._where.setdefault(pair, set()).add(place)


def _places(word: list[bytes], pair: Pair) -> list[int]:
    """Where a pair begins, from left to right and none in another."""
    (left, right), found, at, last = pair, list[int](), 0, len(word) - 1
    while left in word[at:last]:
        at = word.index(left, at, last)
        is_here = word[at + 1] == right
        if is_here:
            found.append(at)
        at += 2 if is_here else 1
    return found


def _joined(word: list[bytes], found: list[int]) -> tuple[list[bytes], list[int]]:
    """The pairs that begin at `found` as one piece each, and where those are."""
    joined, made, start = list[bytes](), list[int](), 0
    for at in found:
        joined += word[start:at]
        made.append(len(joined))
        joined.append(word[at] + word[at + 1])
        start = at + 2
    return joined + word[start:], made


def _within(word: list[bytes], places: Iterable[int]) -> set[int]:
    """Those at which a pair begins."""
    return {at for at in places if 0 <= at < len(word) - 1}
