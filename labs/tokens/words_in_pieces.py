"""A text as its different words in pieces, of which two neighbours at a time become one.

It is cut into words as GPT-2 does it (Radford and others 2019): letters, digits or other signs
with at most one blank before them. No pair is ever joined across the edge of a word.

A piece is one letter of a string here, and a word in pieces a string: of a million lists, Python
would take a tenth of a second for each search of its memory, and the window waits for that.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

_WORD = r"'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
MOST_WORD_BYTES = 256  # a longer run of letters is cut: it is no word, and would take minutes
Pair = str  # of two pieces


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


class Pieces:
    """The tokens by their letters: those of the 256 bytes, and what is joined of two."""

    def __init__(self) -> None:
        self._tokens = [bytes((byte,)) for byte in range(256)]
        self._letters = {token: chr(place) for place, token in enumerate(self._tokens)}

    def token(self, piece: str) -> bytes:
        return self._tokens[ord(piece)]

    def joined(self, pair: Pair) -> str:
        """The same piece, whichever two its token is made of."""
        token = self.token(pair[0]) + self.token(pair[1])
        if token not in self._letters:
            self._letters[token] = chr(len(self._tokens))
            self._tokens.append(token)
        return self._letters[token]


class WordsInPieces:
    """`pairs` counts the neighbours in the whole text; three equal pieces in a row are two pairs.
    `n_tokens` and `n_bytes` are those of the whole text; `has_cut_words` where a run was as long
    as a word may be."""

    def __init__(self, text: str) -> None:
        counted = Counter(words_of(text))
        self._times = list(counted.values())
        self._words = [word.decode("latin-1") for word in counted]  # each byte its letter
        self.has_cut_words = any(len(word) == MOST_WORD_BYTES for word in counted)
        self.n_bytes = sum(len(word) * times for word, times in counted.items())
        self.n_tokens = self.n_bytes
        self.pairs: Counter[Pair] = Counter()
        self._where: dict[Pair, array[int]] = {}
        for place, word in enumerate(self._words):
            for at in range(len(word) - 1):
                self._count(word[at : at + 2], place)

    def join(self, pair: Pair, piece: str) -> set[Pair]:
        """Make one piece of a pair wherever it stands, from left to right. Returns the pairs that
        are counted otherwise now."""
        changed: set[Pair] = set()
        for place in self._where.pop(pair, ()):
            # Without any match, it was there twice or has gone with another.
            if pair in self._words[place]:
                changed |= self._join_at(place, pair, piece)
        self.pairs.pop(pair, None)
        return changed

    def _join_at(self, place: int, pair: Pair, piece: str) -> set[Pair]:
        """Only the neighbours of what is joined are counted anew: a word may have 256 pieces."""
        word, times, changed = self._words[place], self._times[place], set[Pair]()
        joined, found = word.replace(pair, piece), _places(word, pair)
        for at in _within(word, (n + step for n in found for step in (-1, 0, 1))):
            gone = word[at : at + 2]
            self.pairs[gone] -= times
            changed.add(gone)
        made = (at - n for n, at in enumerate(found))  # each of those before is a piece shorter
        for at in _within(joined, (n + step for n in made for step in (-1, 0))):
            self._count(joined[at : at + 2], place)
            changed.add(joined[at : at + 2])
        self._words[place] = joined
        self.n_tokens -= len(found) * times
        return changed

    def _count(self, pair: Pair, place: int) -> None:
        self.pairs[pair] += self._times[place]
        if pair in self._where:
            self._where[pair].append(place)
        else:
            self._where[pair] = array("i", (place,))


def _places(word: str, pair: Pair) -> list[int]:
    """Where a pair begins, from left to right and none in another."""
    found, at = list[int](), word.find(pair)
    while at >= 0:
        found.append(at)
        at = word.find(pair, at + 2)
    return found


def _within(word: str, places: Iterable[int]) -> set[int]:
    """Those at which a pair begins."""
    return {at for at in places if 0 <= at < len(word) - 1}
