"""What models said of each token, kept so that it can be looked at: which tokens moved, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest
from math import exp, inf, isfinite
from operator import itemgetter
from typing import NamedTuple

from models.engine.messages import MovedRow

CONTEXT_BEFORE, CONTEXT_AFTER = 12, 4  # tokens
MOST_MOVED = 120
MOVED_NATS = 1e-6  # below lies the rounding of 32 bits


@dataclass(frozen=True)
class OtherTold:
    """One model beside the base: a number a scored token, and the likeliest tokens at the few
    places that differ most."""

    nll: tuple[float, ...]
    kld: tuple[float, ...]
    top_ids: tuple[int, ...]
    moved: tuple[MovedRow, ...] = ()


@dataclass(frozen=True)
class ToldWindow:
    """A window that all have read. Row i of `nll` and the rest tells of token `first` + i + 1;
    `nll` is −ln p, NaN or infinite where a model gave no number."""

    kind: str
    token_ids: tuple[int, ...]
    first: int
    nll: tuple[float, ...]
    top_ids: tuple[int, ...]
    others: tuple[OtherTold, ...]


class Choice(NamedTuple):
    """One of the likeliest tokens at a place; thousands are made to show a comparison."""

    token_id: int
    text: str
    probability: float


@dataclass(frozen=True)
class TokenChange:
    """One scored token before and after: `p_base` and `p` are what both gave the token that really
    follows, `kld` how far all their probabilities are apart. `base_top` and `top`: the likeliest
    first; only one each where no more was kept."""

    window: int
    place: int
    kind: str
    token_id: int
    text: str
    before: str
    after: str
    p_base: float
    p: float
    kld: float
    base_top: tuple[Choice, ...] = ()
    top: tuple[Choice, ...] = ()

    @property
    def delta_p(self) -> float:
        return self.p - self.p_base

    @property
    def same_top(self) -> bool:
        """Whether both find the same token likeliest."""
        return bool(self.base_top and self.top) and (
            self.base_top[0].token_id == self.top[0].token_id
        )


@dataclass(frozen=True)
class Told:
    """All windows of a comparison, and the text of each token by its number."""

    windows: tuple[ToldWindow, ...] = ()
    pieces: Mapping[int, str] = field(default_factory=dict)

    def piece(self, token_id: int) -> str:
        return self.pieces.get(token_id, "")


def most_moved(told: Told, other: int, most: int = MOST_MOVED) -> tuple[TokenChange, ...]:
    """The scored tokens at which model `other` (0 is the first beside the base) is farthest from
    the base, the farthest first; without the likeliest tokens, which `with_likeliest` adds."""
    found = (
        (kld, number, row)
        for number, window in enumerate(told.windows)
        for row, kld in enumerate(window.others[other].kld)
        if MOVED_NATS < kld < inf  # of NaN neither is so
    )
    farthest = nlargest(most, found, key=itemgetter(0))
    return tuple(_change(told, other, number, row) for _, number, row in farthest)


def with_likeliest(told: Told, other: int, change: TokenChange) -> TokenChange:
    """The same with what both models found likeliest at its place."""
    row = change.place - told.windows[change.window].first - 1
    return change_at(told, other, change.window, row)


def change_at(told: Told, other: int, number: int, row: int) -> TokenChange:
    """Row `row` of window `number`, with the likeliest tokens."""
    window = told.windows[number]
    base_top, top = _tops(told, window, window.others[other], row)
    return replace(_change(told, other, number, row), base_top=base_top, top=top)


def _change(told: Told, other: int, number: int, row: int) -> TokenChange:
    window = told.windows[number]
    place = window.first + 1 + row
    own = window.others[other]
    ids = window.token_ids
    return TokenChange(
        number, place, window.kind, ids[place], told.piece(ids[place]),
        _text(told, ids[max(0, place - CONTEXT_BEFORE) : place]),
        _text(told, ids[place + 1 : place + 1 + CONTEXT_AFTER]),
        _probability(window.nll[row]), _probability(own.nll[row]), own.kld[row],
    )  # fmt: skip


def _tops(
    told: Told, window: ToldWindow, own: OtherTold, row: int
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Ten where they were kept. Else the likeliest alone, whose probability is known only where it
    is the token that follows."""
    kept = next((moved for moved in own.moved if moved.row == row), None)
    if kept is not None:
        return (
            tuple(_choices(told, kept.base_ids, kept.base_logprobs)),
            tuple(_choices(told, kept.own_ids, kept.own_logprobs)),
        )
    follows = window.token_ids[window.first + 1 + row]
    pairs = ((window.top_ids[row], window.nll[row]), (own.top_ids[row], own.nll[row]))
    base, other = (
        (Choice(top, told.piece(top), _probability(nll) if top == follows else float("nan")),)
        if top >= 0 else () for top, nll in pairs
    )  # fmt: skip
    return base, other


def _choices(told: Told, ids: Sequence[int], logprobs: Sequence[float]) -> Iterator[Choice]:
    for token_id, logprob in zip(ids, logprobs, strict=True):
        yield Choice(token_id, told.piece(token_id), exp(min(0.0, logprob)))


def _probability(nll: float) -> float:
    return exp(-nll) if isfinite(nll) else 0.0


def _text(told: Told, ids: Sequence[int]) -> str:
    return "".join(map(told.piece, ids))


def ids_in(windows: Sequence[ToldWindow]) -> tuple[int, ...]:
    """Every token whose text is wanted, once."""
    found: dict[int, None] = {}
    for window in windows:
        found |= dict.fromkeys((*window.token_ids, *window.top_ids))
        for other in window.others:
            found |= dict.fromkeys(other.top_ids)
            for row in other.moved:
                found |= dict.fromkeys((*row.base_ids, *row.own_ids))
    return tuple(token_id for token_id in found if token_id >= 0)
