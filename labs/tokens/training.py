"""Byte-pair encoding learned from a text (Sennrich, Haddow and Birch 2016), over bytes.

The 256 bytes are the first tokens. Again and again the commonest pair of neighbours becomes a new
token. Of pairs that are equally common the one whose left token is older is taken, then the one
whose right token is; single bytes count as old in the order of GPT-2's letters for them. So the
trainer of the `tokenizers` library orders them, too, and the merges are the same.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from labs.tokens.words_in_pieces import Pair, Pieces, WordsInPieces, words_of
from models.cancel import CancelToken
from models.engine.mlx_vocabulary import byte_letters
from models.errors import UserError
from models.tokenizers.merges import traced

MOST_BYTES, MOST_MERGES, LEAST_COUNT = 1_000_000, 2_000, 2
TELL_S = 0.1


@dataclass(frozen=True)
class Merge:
    """`count`: how often the pair stood in the text when it was joined; `n_tokens` of the whole
    text afterwards."""

    rank: int
    left: bytes
    right: bytes
    count: int
    n_tokens: int

    @property
    def token(self) -> bytes:
        return self.left + self.right


@dataclass(frozen=True)
class Trained:
    """`held_out[name][k]` are the tokens of another text after k merges; `of_bytes` its bytes.
    `is_cut`: only the beginning of the text was learned from; `has_cut_words`: runs of letters in
    it were cut after `MOST_WORD_BYTES`."""

    n_bytes: int
    merges: tuple[Merge, ...]
    held_out: Mapping[str, tuple[int, ...]]
    of_bytes: Mapping[str, int]
    is_cut: bool = False
    has_cut_words: bool = False

    @cached_property
    def n_tokens(self) -> tuple[int, ...]:
        """Of the text itself, after 0, 1, 2 … merges."""
        return (self.n_bytes, *(merge.n_tokens for merge in self.merges))

    def cut(self, text: str, n_merges: int) -> Iterator[bytes]:
        """The tokens of any text with the first `n_merges`. Each word is joined as the tab Merges
        traces it: the lowest rank first."""
        ranks = self._ranks
        known: dict[bytes, tuple[bytes, ...]] = {}

        def rank(left: bytes, right: bytes) -> int | None:
            found = ranks.get((left, right))
            return found if found is not None and found < n_merges else None

        for word in words_of(text):
            if word not in known:
                steps = traced(word, rank)
                known[word] = steps[-1].pieces if steps else _bytes_of(word)
            yield from known[word]

    @cached_property
    def _ranks(self) -> dict[tuple[bytes, bytes], int]:
        return {(merge.left, merge.right): merge.rank for merge in self.merges}


def train(
    text: str, n_merges: int, held_out: Mapping[str, str], cancel: CancelToken
) -> Generator[str, None, Trained]:
    """Ends sooner where no pair is left that stands twice: to join it would save nothing. Raises
    UserError for a text without any, and Cancelled."""
    yield "Counting neighbours"
    if not text:
        raise UserError("There is no text to learn from yet.", "Write or paste one.")
    raw = text.encode("utf-8", "replace")
    words = WordsInPieces(raw[:MOST_BYTES].decode("utf-8", "ignore"))
    others = {name: WordsInPieces(other) for name, other in held_out.items()}
    sizes = {name: [other.n_tokens] for name, other in others.items()}
    merges, pieces = list[Merge](), Pieces()
    told = time.monotonic()
    for pair, merge in _learned(words, pieces, min(n_merges, MOST_MERGES)):
        merges.append(merge)
        for name, other in others.items():
            other.join(pair, pieces.joined(pair))
            sizes[name].append(other.n_tokens)
        cancel.raise_if_cancelled()
        if time.monotonic() - told > TELL_S:
            told = time.monotonic()
            yield f"Learned {len(merges):,} of {n_merges:,} merges"
    if not merges:
        raise UserError(
            "No two neighbours stand twice in this text, so there is nothing to learn from it.",
            "Take a longer text.",
        )
    return Trained(
        words.n_bytes, tuple(merges), {name: tuple(n) for name, n in sizes.items()},
        {name: other.n_bytes for name, other in others.items()}, len(raw) > MOST_BYTES,
        words.has_cut_words,
    )  # fmt: skip


def _learned(words: WordsInPieces, pieces: Pieces, n_merges: int) -> Iterator[tuple[Pair, Merge]]:
    age = {chr(byte): n for n, (_, byte) in enumerate(sorted(byte_letters().items()))}

    def entry(pair: Pair) -> tuple[int, int, int, Pair]:
        return -words.pairs[pair], age[pair[0]], age[pair[1]], pair

    queue = [entry(pair) for pair in words.pairs]
    heapq.heapify(queue)
    for rank in range(n_merges):
        while queue and -queue[0][0] != words.pairs.get(queue[0][3], 0):
            heapq.heappop(queue)  # counted otherwise since: it stands here again with its count
        if not queue or -queue[0][0] < LEAST_COUNT:
            return
        negative, _, _, pair = heapq.heappop(queue)
        piece = pieces.joined(pair)
        age.setdefault(piece, len(age))  # two pairs may make the same token
        for changed in words.join(pair, piece):
            if words.pairs.get(changed, 0) > 0:
                heapq.heappush(queue, entry(changed))
        left, right = map(pieces.token, pair)
        yield pair, Merge(rank, left, right, -negative, words.n_tokens)


def _bytes_of(word: bytes) -> tuple[bytes, ...]:
    return tuple(bytes((byte,)) for byte in word)
