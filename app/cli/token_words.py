"""Tokens in a terminal: the first of them, and how many more there are."""

from __future__ import annotations

from collections.abc import Callable

MOST_SHOWN = 400


def print_words(count: int, word: Callable[[int], str]) -> None:
    """`word` tells the token at a place below `count`."""
    print("    " + " ".join(map(word, range(min(count, MOST_SHOWN)))))
    if count > MOST_SHOWN:
        print(f"    … {count - MOST_SHOWN:,} more; --json has them all")
