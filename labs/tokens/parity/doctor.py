"""Compares two sources of one tokenizer over many texts and finds out why they differ.

A cause is established by experiment: with one thing changed, texts that differed agree and none
that agreed differs. The experiment that settles most is kept, and what still differs is tried
with others on top of it. What nothing settles is said to have no known cause.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from labs.tokens.parity.battery import Item, battery
from labs.tokens.parity.hypotheses import CauseKind, Hypothesis, State, hypotheses
from labs.tokens.parity.sides import Bench, Made, Side, same
from models.cancel import CancelToken
from models.errors import UserError
from models.tokenizers.anatomy import Anatomy, anatomy_of
from models.tokenizers.cut import Cut
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers

MOST_CAUSES = 5
LEAST_SHARED = 0.9
Sureness = Literal["all", "some"]


@dataclass(frozen=True)
class Place:
    """The first token at which two cuts differ: its index, and the bytes of each."""

    index: int
    one: tuple[int, int]
    other: tuple[int, int]


@dataclass(frozen=True)
class Compared:
    """One text through both; `first` is None where they agree or one failed."""

    item: Item
    one: Cut | UserError
    other: Cut | UserError
    agrees: bool
    first: Place | None = None


@dataclass(frozen=True)
class Cause:
    """`settled` are indices of the texts that agree once it is out of the way; `sure` tells whether
    these were all that were left."""

    kind: CauseKind
    sentence: str
    settled: tuple[int, ...]
    sure: Sureness


@dataclass(frozen=True)
class Vocabularies:
    """How the tokens of both lie, tokens of the same bytes counted once: how many have another
    number, and which only one has."""

    n_one: int
    n_other: int
    n_renumbered: int
    only_one: tuple[bytes, ...]
    only_other: tuple[bytes, ...]
    example: tuple[bytes, int, int] | None = None  # a token with both of its numbers

    @property
    def n_shared(self) -> int:
        return self.n_one - len(self.only_one)

    @property
    def share(self) -> float:
        """Of the larger vocabulary, 0 to 1."""
        return self.n_shared / max(1, self.n_one, self.n_other)

    @property
    def are_two(self) -> bool:
        """These are no two sources of one tokenizer: experiments would find chance agreement."""
        return self.share < LEAST_SHARED


@dataclass(frozen=True)
class Parity:
    """`unexplained` are indices of texts for whose difference no cause was found. `vocabularies`
    is None where one of them lists no tokens, and `files` has None for one not taken apart."""

    one: Source
    other: Source
    texts: tuple[Compared, ...]
    causes: tuple[Cause, ...]
    unexplained: tuple[int, ...]
    vocabularies: Vocabularies | None
    files: tuple[Anatomy | None, Anatomy | None] = (None, None)

    @property
    def differing(self) -> tuple[int, ...]:
        return tuple(at for at, each in enumerate(self.texts) if not each.agrees)


def compare_sources(
    tokenizers: Tokenizers,
    one: Source,
    other: Source,
    text: str,
    cancel: CancelToken,
    *,
    parse_special: bool = True,
) -> Generator[str, None, Parity]:
    """`text` comes before the battery of hard texts, where there is one. All are read as a prompt
    is: with what it begins and ends with, and control tokens read out of the text.

    Raises UserError where a source cannot be read, Cancelled.
    """
    yield "Reading both files"
    anatomies = {source: anatomy_of(source) for source in (one, other)}
    files = (anatomies[one], anatomies[other])
    added = [a.text for found in anatomies.values() if found for a in found.added]
    items = battery(text, added)
    vocabularies = yield from _vocabularies(tokenizers, one, other, cancel)
    with tempfile.TemporaryDirectory(prefix="assay-parity-") as folder:
        texts = [item.text for item in items]
        bench = Bench(tokenizers, texts, Path(folder), cancel, anatomies)
        begin = State(
            Side(one, parse_special=parse_special), Side(other, parse_special=parse_special)
        )
        first, second = yield from _pair(bench, begin)
        compared = tuple(map(_compared, items, first, second))
        if vocabularies is not None and vocabularies.are_two:
            differing = tuple(at for at, each in enumerate(compared) if not each.agrees)
            return Parity(one, other, compared, (), differing, vocabularies, files)
        causes, left = yield from _diagnose(bench, begin, anatomies, compared)
    return Parity(one, other, compared, causes, left, vocabularies, files)


# ---- comparing -----------------------------------------------------------------------------


def _pair(bench: Bench, state: State) -> Generator[str, None, tuple[Made, Made]]:
    one = yield from bench.run(state.one)
    other = yield from bench.run(state.other)
    assert one is not None and other is not None  # nothing is changed in them
    return one, other


def _compared(item: Item, one: Cut | UserError, other: Cut | UserError) -> Compared:
    agrees = same(one, other)
    place = None
    if not agrees and isinstance(one, Cut) and isinstance(other, Cut):
        place = first_place(one, other)
    return Compared(item, one, other, agrees, place)


def first_place(one: Cut, other: Cut) -> Place:
    """Where two cuts that differ do so first; one may end there."""
    pairs = enumerate(zip(one.ids, other.ids, strict=False))
    index = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    return Place(index, _bytes_at(one, index), _bytes_at(other, index))


def _bytes_at(cut: Cut, index: int) -> tuple[int, int]:
    if index < len(cut):
        return cut.starts[index], cut.ends[index]
    end = cut.ends[-1] if len(cut) else 0
    return end, end


def _vocabularies(
    tokenizers: Tokenizers, one: Source, other: Source, cancel: CancelToken
) -> Generator[str, None, Vocabularies | None]:
    try:
        mine = yield from tokenizers.vocabulary(one, cancel)
        theirs = yield from tokenizers.vocabulary(other, cancel)
    except UserError:
        return None
    numbers: list[dict[bytes, int]] = [{}, {}]
    for known, found in zip(numbers, (mine, theirs), strict=True):
        for number, (piece, _) in found.items():
            known.setdefault(piece, number)  # holes and doubles have the same bytes
    shared = [piece for piece in numbers[0] if piece in numbers[1]]
    moved = [piece for piece in shared if numbers[0][piece] != numbers[1][piece]]
    example = (moved[0], numbers[0][moved[0]], numbers[1][moved[0]]) if moved else None
    return Vocabularies(
        len(numbers[0]), len(numbers[1]), len(moved),
        tuple(piece for piece in numbers[0] if piece not in numbers[1]),
        tuple(piece for piece in numbers[1] if piece not in numbers[0]),
        example,
    )  # fmt: skip


# ---- causes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tried:
    hypothesis: Hypothesis
    settled: tuple[int, ...]


def _diagnose(
    bench: Bench,
    state: State,
    anatomies: dict[Source, Anatomy | None],
    compared: Sequence[Compared],
) -> Generator[str, None, tuple[tuple[Cause, ...], tuple[int, ...]]]:
    left = tuple(
        at for at, each in enumerate(compared) if not each.agrees and isinstance(each.one, Cut)
        and isinstance(each.other, Cut)
    )  # fmt: skip
    failed = tuple(at for at, each in enumerate(compared) if not each.agrees and at not in left)
    causes: list[Cause] = []
    while left and len(causes) < MOST_CAUSES:
        best = yield from _best(bench, state, anatomies, left, failed)
        if best is None:
            break
        state = best.hypothesis.state
        sure: Sureness = "all" if len(best.settled) == len(left) else "some"
        sentence = best.hypothesis.sentence or _seen(compared, best)
        causes.append(Cause(best.hypothesis.kind, sentence, best.settled, sure))
        left = tuple(at for at in left if at not in best.settled)
    return tuple(causes), tuple(sorted((*left, *failed)))


def _best(
    bench: Bench,
    state: State,
    anatomies: dict[Source, Anatomy | None],
    left: Sequence[int],
    failed: Sequence[int],
) -> Generator[str, None, _Tried | None]:
    """The experiment that settles most and breaks nothing; the first that settles all."""
    best: _Tried | None = None
    for hypothesis in hypotheses(state, anatomies):
        yield f"Trying what may lie behind {len(left)} differences"
        settled = yield from _settled(bench, hypothesis.state, left, failed)
        if settled and (best is None or len(settled) > len(best.settled)):
            best = _Tried(hypothesis, settled)
        if best is not None and len(best.settled) == len(left):
            return best
    return best


def _settled(
    bench: Bench, state: State, left: Sequence[int], failed: Sequence[int]
) -> Generator[str, None, tuple[int, ...]]:
    """Which of the texts that are left agree now; none where one that agreed no longer does."""
    one = yield from bench.run(state.one)
    other = yield from bench.run(state.other)
    if one is None or other is None:
        return ()
    agreeing = [same(a, b, state.by_piece) for a, b in zip(one, other, strict=True)]
    if not all(agrees for at, agrees in enumerate(agreeing) if at not in left and at not in failed):
        return ()
    return tuple(at for at in left if agreeing[at])


def _seen(compared: Sequence[Compared], tried: _Tried) -> str:
    """What the experiment settled, read off the first text that differs."""
    each, state = compared[tried.settled[0]], tried.hypothesis.state
    assert isinstance(each.one, Cut) and isinstance(each.other, Cut)
    names = state.one.source.name, state.other.source.name
    if tried.hypothesis.kind == "frame":
        around = (_control(each.one, inside=False), _control(each.other, inside=False))
        return "; ".join(
            f"{name} puts {' and '.join(tokens) or 'nothing'} around a text"
            for name, tokens in zip(names, around, strict=True)
        ) + "."  # fmt: skip
    read = (_control(each.one, inside=True), _control(each.other, inside=True))
    if read[0] == read[1]:
        return "Both read the same control tokens out of the text, but cut otherwise around them."
    if bool(read[0]) == bool(read[1]):
        return "They read different control tokens out of the text."
    reader, other = names if read[0] else names[::-1]
    told = (read[0] or read[1])[0]
    return f"{reader} reads control tokens such as “{told}” out of the text, {other} does not."


def _control(cut: Cut, *, inside: bool) -> list[str]:
    """Control tokens that stand for a part of the text, or for none of it."""
    tokens = map(cut.__getitem__, range(len(cut)))
    return [t.text for t in tokens if t.kind == "c" and (t.start < t.end) == inside]
