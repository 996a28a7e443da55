"""How ggml lays out the blocks of its types (ggml-common.h, ggml-quants.c): where in the bytes the
scales, the minimums and the code of each weight stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["scale", "minimum", "scales", "high", "codes"]
SHOWN = 32  # weights shown at once: a block, or an eighth of a large one
# The 16 levels of IQ4_NL, finer around 0 (ggml-common.h, kvalues_iq4nl).
IQ4_LEVELS = (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)


@dataclass(frozen=True)
class Field:
    """`start` to `end` in bytes."""

    kind: FieldKind
    start: int
    end: int


@dataclass(frozen=True)
class Bits:
    """`count` bits of one byte, from the lowest on, that become bit `place` of the code."""

    byte: int
    first: int
    count: int
    place: int = 0


@dataclass(frozen=True)
class Layout:
    """`part` weights share a scale. A level is the code minus `zero`, or an entry of `table`; a
    code of eight bits is signed. `bits_of` says where the code of a weight lies."""

    name: str
    type_id: int
    block_size: int
    block_bytes: int
    code_bits: int
    part: int
    fields: tuple[Field, ...]
    bits_of: Callable[[int], tuple[Bits, ...]]
    zero: int = 0
    table: tuple[int, ...] = ()
    has_minimum: bool = False

    @property
    def bits_per_weight(self) -> float:
        return 8 * self.block_bytes / self.block_size

    @property
    def levels(self) -> tuple[int, ...]:
        """Every level that a code can stand for."""
        if self.table:
            return self.table
        if self.code_bits == 8:
            return tuple(range(-128, 128))
        return tuple(code - self.zero for code in range(1 << self.code_bits))


def _half(start: int) -> Callable[[int], tuple[Bits, ...]]:
    """Two weights a byte, sixteen apart: the first in the low half."""
    return lambda i: (Bits(start + i % 16, 4 * (i // 16), 4),)


def _half_and_high(high: int, start: int) -> Callable[[int], tuple[Bits, ...]]:
    return lambda i: (Bits(start + i % 16, 4 * (i // 16), 4), Bits(high + i // 8, i % 8, 1, 4))


def _q2_k(i: int) -> tuple[Bits, ...]:
    return (Bits(16 + 32 * (i // 128) + i % 32, 2 * (i % 128 // 32), 2),)


def _q3_k(i: int) -> tuple[Bits, ...]:
    return (
        Bits(32 + 32 * (i // 128) + i % 32, 2 * (i % 128 // 32), 2),
        Bits(i % 32, i // 32, 1, 2),
    )


def _q4_k(i: int) -> tuple[Bits, ...]:
    return (Bits(16 + 32 * (i // 64) + i % 32, 4 * (i % 64 // 32), 4),)


def _q5_k(i: int) -> tuple[Bits, ...]:
    low = Bits(48 + 32 * (i // 64) + i % 32, 4 * (i % 64 // 32), 4)
    return low, Bits(16 + i % 32, i // 32, 1, 4)


def _q6_k(i: int) -> tuple[Bits, ...]:
    half, rest = divmod(i, 128)
    low = Bits(64 * half + rest % 64, 4 * (rest // 64), 4)
    return low, Bits(128 + 32 * half + rest % 32, 2 * (rest // 32), 2, 4)


_SCALE, _MINIMUM = Field("scale", 0, 2), Field("minimum", 2, 4)

LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout("Q8_0", 8, 32, 34, 8, 32, (_SCALE, Field("codes", 2, 34)),
               lambda i: (Bits(2 + i, 0, 8),)),
        Layout("Q6_K", 14, 256, 210, 6, 16,
               (Field("codes", 0, 128), Field("high", 128, 192), Field("scales", 192, 208),
                Field("scale", 208, 210)), _q6_k, zero=32),
        Layout("Q5_1", 7, 32, 24, 5, 32,
               (_SCALE, _MINIMUM, Field("high", 4, 8), Field("codes", 8, 24)),
               _half_and_high(4, 8), has_minimum=True),
        Layout("Q5_K", 13, 256, 176, 5, 32,
               (_SCALE, _MINIMUM, Field("scales", 4, 16), Field("high", 16, 48),
                Field("codes", 48, 176)), _q5_k, has_minimum=True),
        Layout("Q5_0", 6, 32, 22, 5, 32, (_SCALE, Field("high", 2, 6), Field("codes", 6, 22)),
               _half_and_high(2, 6), zero=16),
        Layout("Q4_1", 3, 32, 20, 4, 32, (_SCALE, _MINIMUM, Field("codes", 4, 20)), _half(4),
               has_minimum=True),
        Layout("Q4_K", 12, 256, 144, 4, 32,
               (_SCALE, _MINIMUM, Field("scales", 4, 16), Field("codes", 16, 144)), _q4_k,
               has_minimum=True),
        Layout("IQ4_NL", 20, 32, 18, 4, 32, (_SCALE, Field("codes", 2, 18)), _half(2),
               table=IQ4_LEVELS),
        Layout("Q4_0", 2, 32, 18, 4, 32, (_SCALE, Field("codes", 2, 18)), _half(2), zero=8),
        Layout("Q3_K", 11, 256, 110, 3, 16,
               (Field("high", 0, 32), Field("codes", 32, 96), Field("scales", 96, 108),
                Field("scale", 108, 110)), _q3_k, zero=4),
        Layout("Q2_K", 10, 256, 84, 2, 16,
               (Field("scales", 0, 16), Field("codes", 16, 80), Field("scale", 80, 82),
                Field("minimum", 82, 84)), _q2_k, has_minimum=True),
    )
}  # fmt: skip
