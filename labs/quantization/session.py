"""One comparison from names to numbers: the gate, the loads, the windows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from labs.quantization.comparison import Compared, Comparison, Seat, compare
from labs.quantization.gate import (
    refuse_files,
    refuse_memory,
    refuse_models,
    refuse_vocabularies,
)
from labs.quantization.speed import NEW_TOKENS, PROMPT_TOKENS
from labs.quantization.texts import Text
from labs.quantization.variant import Variant
from labs.quantization.windows import cut
from models.cancel import CancelToken
from models.engine.messages import Part, Progress, VocabularyFacts
from models.engine.pool import ContextWish, Lease, Pool, Waiting
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
    """Lease every model alone, compare, give all back.

    Raises UserError where the comparison would be false or cannot be made, EngineDied, and
    Cancelled before the first window is done; after it a stop returns what is there.
    """
    refuse_files(wish.variants)
    loaded = [status.model for status in pool.status() if status.memory_bytes]
    refuse_memory(wish.variants, loaded, wish.n_ctx, memory)
    leases: dict[str, Lease] = {}
    seats: list[Seat] = []
    try:
        yield from _take_seats(wish, pool, leases, seats, cancel)
        vocabulary = _pass_gate(seats)
        tokenize = seats[0].engine.tokenize
        windows = cut(
            wish.texts,
            lambda text: [token.token_id for token in tokenize((Part(text),)).tokens],
            vocabulary,
            wish.n_windows,
            wish.window_tokens,
        )
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


def _take_seats(
    wish: Wish, pool: Pool, leases: dict[str, Lease], seats: list[Seat], cancel: CancelToken
) -> Generator[Progress | Waiting, None, None]:
    """A model that is named with several cache types is loaded once."""
    for number, variant in enumerate(wish.variants):
        model = variant.entry.model
        context = ContextWish(f"comparison {number}", wish.n_ctx, 1, variant.context_settings)
        if model not in leases:
            lease = yield from pool.lease(
                model, variant.settings, context=context, exclusive=True, holder=HOLDER,
                cancel=cancel,
            )  # fmt: skip
            leases[model], engine = lease, lease.engine
        else:
            engine = pool.beside(leases[model], context)
        seats.append(Seat(variant, engine))


def _pass_gate(seats: Sequence[Seat]) -> VocabularyFacts:
    base = seats[0].engine
    vocabulary = base.describe_vocabulary()
    for seat in seats[1:]:
        refuse_models(base.info, seat.engine.info, seats[0].variant.entry, seat.variant.entry)
        refuse_vocabularies(vocabulary, seat.engine.describe_vocabulary(), seat.variant.entry.name)
    return vocabulary
