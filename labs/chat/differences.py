"""Where two texts differ, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 4000  # beyond, comparing takes seconds, and marks say nothing
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Stretch:
    """Places of a text, from `start` up to and without `end`."""

    start: int
    end: int


def differences(left: str, right: str) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """What of each text is not in the other at the same place of the sequence. Blanks and line
    ends do not count, capitals do. Texts above 4,000 words have none: () and ()."""
    ours, theirs = list(_WORD.finditer(left)), list(_WORD.finditer(right))
    if max(len(ours), len(theirs)) > MOST_WORDS:
        return (), ()
    matcher = SequenceMatcher(None, [m[0] for m in ours], [m[0] for m in theirs], autojunk=False)
    own: list[Stretch] = []
    other: list[Stretch] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            own += _stretches(left, ours[a:b])
            other += _stretches(right, theirs[c:d])
    return tuple(own), tuple(other)


def shared_words(left: str, right: str) -> float | None:
    """Share of the words of both texts that stand in both in the same order, 0 to 1 (difflib's
    ratio, 2 · matches ÷ words); None without words or above 4,000."""
    ours, theirs = _WORD.findall(left), _WORD.findall(right)
    if not ours or not theirs or max(len(ours), len(theirs)) > MOST_WORDS:
        return None
    return SequenceMatcher(None, ours, theirs, autojunk=False).ratio()


def _stretches(text: str, words: Sequence[re.Match[str]]) -> list[Stretch]:
    """One for the words of each line: between lines stand bullets and the edges of cells."""
    found: list[Stretch] = []
    for word in words:
        if found and "\n" not in text[found[-1].end : word.start()]:
            found[-1] = Stretch(found[-1].start, word.end())
        else:
            found.append(Stretch(word.start(), word.end()))
    return found
