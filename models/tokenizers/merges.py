"""How a word becomes tokens by byte-pair encoding: the merges, one by one.

Only for rank-BPE over bytes, whose merges stand in the file. The trace is a second calculation
beside the tokenizer's own and is held against it: where they differ, there is no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.engine.mlx_vocabulary import byte_letters
from models.errors import UserError

MAX_WORD_BYTES = 64
Rank = Callable[[bytes, bytes], int | None]

# Rules for which llama.cpp takes a word that is a token as it is (its `ignore_merges`).
TAKES_WHOLE = (
    "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
    "jina-v5-nano", "tekken", "youtu",
)  # fmt: skip


@dataclass(frozen=True)
class Merges:
    """`rank` of a pair, lower ones first, None where the pair is never joined. `takes_whole`:
    a word that is a token is taken as it is, without any merge (`ignore_merges`)."""

    rank: Rank
    takes_whole: bool = False


@dataclass(frozen=True)
class Step:
    """The pair at `place` was joined; `pieces` are all pieces afterwards."""

    rank: int
    place: int
    pieces: tuple[bytes, ...]


def merges_of_pairs(pairs: Sequence[str | Sequence[str]], takes_whole: bool = False) -> Merges:
    """Merges as tokenizer.json and GGUF files write them, in GPT-2's letters for bytes."""
    letters = byte_letters()

    def raw(word: str) -> bytes:
        return bytes(letters[letter] for letter in word)

    ranks: dict[tuple[bytes, bytes], int] = {}
    try:
        for rank, pair in enumerate(pairs):
            left, right = pair.split(" ") if isinstance(pair, str) else pair
            ranks.setdefault((raw(left), raw(right)), rank)
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(
            "The merges of this tokenizer are not over bytes, so they are not traced."
        ) from error
    return Merges(lambda left, right: ranks.get((left, right)), takes_whole)


def traced(word: bytes, rank: Rank) -> tuple[Step, ...]:
    """Join the adjacent pair of lowest rank, the first of equal ones, until none is left."""
    pieces = [bytes((byte,)) for byte in word]
    steps: list[Step] = []
    while True:
        ranked = [
            (found, place)
            for place, pair in enumerate(pairwise(pieces))
            if (found := rank(*pair)) is not None
        ]
        if not ranked:
            return tuple(steps)
        best, place = min(ranked)
        pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]
        steps.append(Step(best, place, tuple(pieces)))
