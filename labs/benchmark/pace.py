"""How long the rest of a benchmark takes, by what its readings took so far."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Literal

# Counted in tokens, and in turns of a chat about a text that is new to it, or known.
Sort = Literal["read", "write", "cold", "warm"]
WRITING_IS_SLOWER = 8  # a token, until one has been written


class Pace:
    """All sorts of readings of all loads: reading takes a tenth of writing, and a turn of a chat
    both, so that counting readings would promise an end that does not come. `turns` say how
    many tokens a turn of a chat reads and writes."""

    def __init__(
        self,
        expected: Mapping[Hashable, Mapping[Sort, int]],
        turns: Mapping[Sort, tuple[int, int]],
    ) -> None:
        self._left = {load: dict(amounts) for load, amounts in expected.items()}
        self._turns = turns
        self._done: dict[Sort, int] = {}
        self._took_s: dict[Sort, float] = {}

    def note(self, load: Hashable, sort: Sort, amount: int, took_s: float) -> None:
        self._done[sort] = self._done.get(sort, 0) + amount
        self._took_s[sort] = self._took_s.get(sort, 0.0) + took_s
        if load in self._left:
            self._left[load][sort] -= amount

    def drop(self, load: Hashable) -> None:
        """Nothing more is expected of it."""
        self._left.pop(load, None)

    @property
    def time_left_s(self) -> float | None:
        """None while nothing tells."""
        left_s = 0.0
        for amounts in self._left.values():
            for sort, amount in amounts.items():
                one_s = self._one_s(sort)
                if amount > 0 and one_s is None:
                    return None
                left_s += max(0, amount) * (one_s or 0.0)
        return left_s

    def _one_s(self, sort: Sort) -> float | None:
        if self._done.get(sort):
            return self._took_s[sort] / self._done[sort]
        if sort == "read":
            n_written = self._done.get("write")
            return self._took_s["write"] / n_written / WRITING_IS_SLOWER if n_written else None
        read_s = self._one_s("read")
        if read_s is None:
            return None
        if sort == "write":
            return WRITING_IS_SLOWER * read_s
        n_read, n_written = self._turns[sort]
        return n_read * read_s + n_written * (self._one_s("write") or 0.0)
