"""One text through up to four tokenizers."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from labs.tokens.measures import Measures, measure
from models.cancel import CancelToken
from models.errors import UserError
from models.tokenizers.cut import Cut
from models.tokenizers.messages import Facts
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers

MOST_TOKENIZERS = 4
_PART_BYTES = 1 << 16


@dataclass(frozen=True)
class View:
    """A text as one tokenizer cuts it. `shared_cuts` is the share of its places between tokens
    that are places of the first tokenizer too, None for the first itself and without any."""

    source: Source
    facts: Facts
    cut: Cut
    measures: Measures
    shared_cuts: float | None = None


@dataclass(frozen=True)
class Failure:
    """Why one of the tokenizers shows nothing; the others do."""

    source: Source
    error: UserError


Outcome = View | Failure


def compare(
    tokenizers: Tokenizers,
    sources: Sequence[Source],
    text: str,
    parse_special: bool,
    cancel: CancelToken,
) -> Generator[str | Outcome, None, tuple[Outcome, ...]]:
    """Yields each outcome as it comes, and returns all of them in order of the sources.

    Raises UserError for more than four sources, Cancelled when stopped.
    """
    if len(sources) > MOST_TOKENIZERS:
        raise UserError(
            f"At most {MOST_TOKENIZERS} tokenizers stand side by side.", "Take one away first."
        )
    outcomes: list[Outcome] = []
    first: Cut | None = None
    for source in sources:
        cancel.raise_if_cancelled()
        outcome = yield from _outcome(tokenizers, source, text, parse_special, first, cancel)
        if isinstance(outcome, View) and first is None:
            first = outcome.cut
        outcomes.append(outcome)
        yield outcome
    return tuple(outcomes)


def _outcome(
    tokenizers: Tokenizers,
    source: Source,
    text: str,
    parse_special: bool,
    first: Cut | None,
    cancel: CancelToken,
) -> Generator[str, None, Outcome]:
    try:
        facts = yield from tokenizers.facts(source, cancel)
        cut = yield from tokenizers.cut(source, text, parse_special, cancel)
    except UserError as error:
        return Failure(source, error)
    measures = measure(text, cut, facts.n_tokens)
    _ = cut.line_ends  # worked out here and not where tokens are drawn
    shared = shared_cuts(cut, first, measures.n_bytes) if first is not None else None
    return View(source, facts, cut, measures, shared)


def shared_cuts(cut: Cut, other: Cut, n_bytes: int) -> float | None:
    """Share of the places between tokens of `cut`, 0 to 1, that are such places of `other` too;
    None without any. Both ends of the text, which always agree, are no places between tokens:
    tokens that stand for nothing of the text may lie there."""
    n_own = n_shared = 0
    for begin in range(1, n_bytes, _PART_BYTES):  # a set of all would hold up every other thread
        end = min(n_bytes, begin + _PART_BYTES)
        own = _within(cut.starts, begin, end)
        n_own += len(own)
        n_shared += len(own & _within(other.starts, begin, end))
    return n_shared / n_own if n_own else None


def _within(starts: array[int], begin: int, end: int) -> set[int]:
    return set(starts[bisect_left(starts, begin) : bisect_left(starts, end)])
