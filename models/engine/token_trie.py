"""Several prompts as one tree, in which each common beginning is read once."""

from __future__ import annotations

from collections.abc import Sequence


def size(prompts: Sequence[Sequence[int]]) -> int:
    """Tokens that have to be read: neighbours in sorted order share their longest beginning."""
    total = 0
    before: tuple[int, ...] = ()
    for prompt in sorted(map(tuple, prompts)):
        total += len(prompt) - shared(before, prompt)
        before = prompt
    return total


def shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
