"""Several prompts as one tree, so that each common beginning is read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """One token at one position for all `rows` that share it; it ends the prompts in `ends`."""

    token_id: int
    position: int
    rows: tuple[int, ...]
    ends: tuple[int, ...]


def nodes(prompts: Sequence[Sequence[int]]) -> Iterator[Node]:
    """Parents before children. Rows are places in `prompts`; empty prompts have no node."""
    waiting = [(0, tuple(i for i, prompt in enumerate(prompts) if prompt))]
    while waiting:
        position, rows = waiting.pop()
        by_token: dict[int, list[int]] = {}
        for row in rows:
            if len(prompts[row]) > position:
                by_token.setdefault(prompts[row][position], []).append(row)
        for token_id, sharing in by_token.items():
            ends = tuple(row for row in sharing if len(prompts[row]) == position + 1)
            yield Node(token_id, position, tuple(sharing), ends)
            waiting.append((position + 1, tuple(sharing)))


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
