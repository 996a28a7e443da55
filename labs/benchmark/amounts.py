"""How much there is to measure of one load, before anything is."""

from __future__ import annotations

from labs.benchmark.bench_seat import WARM_TOKENS
from labs.benchmark.pace import Sort
from labs.benchmark.wish import Subject, Wish


def is_chatted(wish: Wish, layers: int | None) -> bool:
    """Once a model: with the first of the GPU layers that are compared."""
    return wish.chatted and layers in (None, *wish.gpu_layers[:1])


def amounts(wish: Wish, subject: Subject, layers: int | None) -> dict[Sort, int]:
    """Tokens and turns of one load."""
    threads = max(1, len(wish.threads)) if subject.entry.is_local else 0
    turns = wish.n_chatted if is_chatted(wish, layers) else 0
    warm = WARM_TOKENS if wish.n_written else 0
    return {
        "read": threads * wish.n_read * (wish.repetitions + 1),
        "write": threads * (wish.n_written * wish.repetitions + warm),
        "cold": turns,
        "warm": turns,
    }


def n_readings(wish: Wish, subject: Subject, layers: int | None) -> int:
    """Of one load. Warm-ups are counted too: they take time."""
    kinds = bool(wish.n_read) + bool(wish.n_written)
    bare = kinds * max(1, len(wish.threads)) * (wish.repetitions + 1)
    chatted = 2 * wish.n_chatted if is_chatted(wish, layers) else 0
    return (bare if subject.entry.is_local else 0) + chatted
