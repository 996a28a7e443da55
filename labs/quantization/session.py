"""One comparison from names to numbers: the gate, the loads, the windows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from labs.quantization.apart import compare_apart
from labs.quantization.comparison import Compared, Comparison
from labs.quantization.ending import named
from labs.quantization.gate import (
    fits_together,
    refuse_files,
    refuse_long_windows,
    refuse_models,
    refuse_vocabularies,
)
from labs.quantization.reading import Seat, seat_of
from labs.quantization.speed import NEW_TOKENS, PROMPT_TOKENS
from labs.quantization.texts import Text
from labs.quantization.together import compare
from labs.quantization.variant import Variant
from labs.quantization.windows import Window, cut, refuse_wish
from models.cancel import CancelToken
from models.engine.messages import Part, Progress, VocabularyFacts
from models.engine.pool import ContextWish, Lease, Pool, Waiting
from models.errors import UserError
from models.hardware.memory import MemoryFree

HOLDER = "a comparison"


@dataclass(frozen=True)
class Wish:
    """The first variant is the base."""

    variants: tuple[Variant, ...]
    texts: tuple[Text, ...]
    n_windows: int = 20
    window_tokens: int = 512
    with_speed: bool = True

    @property
    def n_ctx(self) -> int:
        """Room for a window, and for what measures speed."""
        return max(self.window_tokens, PROMPT_TOKENS + NEW_TOKENS)


def run(
    wish: Wish, pool: Pool, memory: MemoryFree, cancel: CancelToken
) -> Generator[Progress | Waiting | Compared, None, Comparison]:
    """Lease every model alone, compare, give all back. Models that do not fit into memory together
    are read one after the other.

    Raises UserError where the comparison would be false or cannot be made, and EngineDied or
    Cancelled before all have read the first window; after it what is there is returned.
    """
    refuse_wish(wish.texts, wish.n_windows, wish.window_tokens)
    refuse_files(wish.variants)
    refuse_long_windows(wish.variants, wish.window_tokens)
    if fits_together(wish.variants, pool.status(), wish.n_ctx, memory):
        return (yield from _together(wish, pool, cancel))
    return (yield from _apart(wish, pool, cancel))


def _together(
    wish: Wish, pool: Pool, cancel: CancelToken
) -> Generator[Progress | Waiting | Compared, None, Comparison]:
    leases: dict[str, Lease] = {}
    seats: list[Seat] = []
    try:
        yield from _take_seats(wish, pool, leases, seats, cancel)
        vocabulary = _pass_gate(seats)
        windows = _cut(wish, seats[0], vocabulary)
        return (
            yield from compare(
                seats, windows, cancel, n_asked=wish.n_windows, with_speed=wish.with_speed
            )
        )
    finally:
        for seat in seats:
            seat.engine.close_context()
        for lease in leases.values():
            lease.release()


def _apart(
    wish: Wish, pool: Pool, cancel: CancelToken
) -> Generator[Progress | Waiting | Compared, None, Comparison]:
    place = _OnePlace(wish, pool, cancel)
    try:
        return (
            yield from compare_apart(
                wish.variants, place.take, place.pass_gate, place.cut, cancel,
                n_asked=wish.n_windows, with_speed=wish.with_speed,
            )
        )  # fmt: skip
    finally:
        place.leave()


class _OnePlace:
    """Room for one model at a time; what the base said of itself is kept for the gate."""

    def __init__(self, wish: Wish, pool: Pool, cancel: CancelToken) -> None:
        self._wish, self._pool, self._cancel = wish, pool, cancel
        self._lease: Lease | None = None
        self._model = ""
        self._base: Seat | None = None
        self._vocabulary: VocabularyFacts | None = None

    def take(self, at: int) -> Generator[Progress | Waiting, None, Seat]:
        variant = self._wish.variants[at]
        self.leave(stays=variant.entry.model)
        wish = ContextWish("comparison", self._wish.n_ctx, 1, variant.context_settings)
        with named(variant.label):
            self._lease = yield from self._pool.lease(
                variant.entry.model, variant.settings, context=wish, exclusive=True, holder=HOLDER,
                cancel=self._cancel,
            )  # fmt: skip
        self._model = variant.entry.model
        seat = seat_of(variant, self._lease.engine)
        self._base = self._base or seat
        return seat

    def cut(self, base: Seat) -> tuple[Window, ...]:
        self._vocabulary = base.engine.describe_vocabulary()
        return _cut(self._wish, base, self._vocabulary)

    def pass_gate(self, seat: Seat) -> None:
        assert self._base is not None and self._vocabulary is not None
        _refuse_other(self._base, self._vocabulary, seat)

    def leave(self, stays: str = "") -> None:
        """Give the model back, and its memory, unless it is the one that `stays`."""
        lease, self._lease = self._lease, None
        if lease is None:
            return
        lease.engine.close_context()
        lease.release()
        if self._model != stays:
            with suppress(UserError):  # somebody else uses it by now
                self._pool.eject(self._model)


def _cut(wish: Wish, base: Seat, vocabulary: VocabularyFacts) -> tuple[Window, ...]:
    tokenize = base.engine.tokenize
    return cut(
        wish.texts,
        lambda text: [token.token_id for token in tokenize((Part(text),)).tokens],
        vocabulary,
        wish.n_windows,
        wish.window_tokens,
    )


def _take_seats(
    wish: Wish, pool: Pool, leases: dict[str, Lease], seats: list[Seat], cancel: CancelToken
) -> Generator[Progress | Waiting, None, None]:
    """A model that is named with several cache types is loaded once."""
    for number, variant in enumerate(wish.variants):
        model = variant.entry.model
        context = ContextWish(f"comparison {number}", wish.n_ctx, 1, variant.context_settings)
        with named(variant.label):
            if model not in leases:
                leases[model] = yield from pool.lease(
                    model, variant.settings, context=context, exclusive=True, holder=HOLDER,
                    cancel=cancel,
                )  # fmt: skip
                engine = leases[model].engine
            else:
                engine = pool.beside(leases[model], context)
        seats.append(seat_of(variant, engine))


def _pass_gate(seats: Sequence[Seat]) -> VocabularyFacts:
    vocabulary = seats[0].engine.describe_vocabulary()
    for seat in seats[1:]:
        _refuse_other(seats[0], vocabulary, seat)
    return vocabulary


def _refuse_other(base: Seat, vocabulary: VocabularyFacts, other: Seat) -> None:
    refuse_models(base.engine.info, other.engine.info, base.variant.entry, other.variant.entry)
    refuse_vocabularies(vocabulary, other.engine.describe_vocabulary(), other.variant.entry.name)
