"""How long the rest of a benchmark takes, by what its readings took so far."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Literal

Sort = Literal["read", "write", "chat"]  # counted in tokens, tokens, and turns
WRITING_IS_SLOWER = 8  # a token, until one has been written


class Pace:
    """All sorts of readings of all loads: reading takes a tenth of writing, and a turn of a chat
    both, so that counting readings would promise an end that does not come. `turn` says what one
    turn of a chat reads and writes."""

    def __init__(
        self, expected: Mapping[Hashable, Mapping[Sort, int]], turn: tuple[int, int] = (0, 0)
    ) -> None:
        self._left = {load: dict(amounts) for load, amounts in expected.items()}
        self._turn = turn
        self._done: dict[Sort, int] = {}
        self._took_s: dict[Sort, float] = {}

    def note(self, load: Hashable, sort: Sort, amount: int, took_s: float) -> None:
        self._done[sort] = self._done.get(sort, 0) + amount
        self._took_s[sort] = self._took_s.get(sort, 0.0) + took_s
        if load in self._left:
            self._left[load][sort] -= amount

    def drop(self, load: Hashable, sort: Sort | None = None) -> None:
        """Nothing more is expected of it, or nothing more of one sort."""
        if sort is None:
            self._left.pop(load, None)
        elif load in self._left:
            self._left[load][sort] = 0

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
        if sort == "write":
            read_s = self._one_s("read")
            return None if read_s is None else WRITING_IS_SLOWER * read_s
        if sort == "read":
            return None
        read_s, write_s = self._one_s("read"), self._one_s("write")
        if read_s is None and write_s is None:
            return None
        write_s = write_s if write_s is not None else WRITING_IS_SLOWER * (read_s or 0.0)
        read_s = read_s if read_s is not None else write_s / WRITING_IS_SLOWER
        return self._turn[0] * read_s + self._turn[1] * write_s
