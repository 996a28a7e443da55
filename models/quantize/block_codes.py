"""Reads a block as a person would explain it: its scale, its minimum, and the code of each weight.

A weight is scale × level + minimum. In large blocks scale and minimum of each part are themselves
small integers times one number of the whole block.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from models.quantize.block_layout import SHOWN, Bits, Layout


@dataclass(frozen=True)
class Part:
    """Weights `start` to `end` of those shown share a scale and a minimum. `steps` are the small
    integers that both are made of in a large block, else None."""

    start: int
    end: int
    scale: float
    minimum: float
    steps: tuple[int, int] | None = None


@dataclass(frozen=True)
class Code:
    """`stored` as it stands in the bits (without a sign), `level` what it stands for."""

    stored: int
    level: int
    bits: tuple[Bits, ...]


@dataclass(frozen=True)
class Explained:
    """32 weights. `block_scale` and `block_minimum` are what stands in the bytes as float16; where
    a block is small they are those of its one part."""

    layout: Layout
    data: bytes
    block_scale: float
    block_minimum: float
    parts: tuple[Part, ...]
    codes: tuple[Code, ...]

    def part_of(self, weight: int) -> Part:
        return next(part for part in self.parts if part.start <= weight < part.end)

    def value(self, weight: int) -> float:
        part = self.part_of(weight)
        return part.scale * self.codes[weight].level + part.minimum

    def levels(self, part: Part) -> tuple[float, ...]:
        """Every value that a weight of the part can have."""
        return tuple(part.scale * level + part.minimum for level in self.layout.levels)


def explain(layout: Layout, data: bytes, first: int = 0) -> Explained:
    """The 32 weights from `first` on of one block of the type. Raises ValueError for a block of
    another length."""
    if len(data) != layout.block_bytes:
        raise ValueError(f"a block of {layout.name} has {layout.block_bytes} bytes")
    scale, minimum = _half_float(layout, data, "scale"), _half_float(layout, data, "minimum")
    codes = tuple(_code(layout, data, first + i) for i in range(SHOWN))
    parts = tuple(_part(layout, data, first, start, scale, minimum)
                  for start in range(0, SHOWN, layout.part))  # fmt: skip
    return Explained(layout, data, scale, minimum, parts, codes)


def _half_float(layout: Layout, data: bytes, kind: str) -> float:
    found = next((field for field in layout.fields if field.kind == kind), None)
    return float(struct.unpack_from("<e", data, found.start)[0]) if found else 0.0


def _code(layout: Layout, data: bytes, weight: int) -> Code:
    bits = layout.bits_of(weight)
    stored = sum(((data[b.byte] >> b.first) & ((1 << b.count) - 1)) << b.place for b in bits)
    if layout.table:
        level = layout.table[stored]
    elif layout.code_bits == 8:
        level = stored - 256 if stored > 127 else stored
    else:
        level = stored - layout.zero
    return Code(stored, level, bits)


def _part(
    layout: Layout, data: bytes, first: int, start: int, scale: float, minimum: float
) -> Part:
    end = start + layout.part
    if layout.block_size == SHOWN:
        return Part(start, end, scale, minimum)
    step, least = _steps(layout, data, (first + start) // layout.part)
    return Part(start, end, scale * step, -minimum * least, (step, least))


def _steps(layout: Layout, data: bytes, part: int) -> tuple[int, int]:
    """The integers of one part in a large block: that of its scale, that of its minimum."""
    at = next(field.start for field in layout.fields if field.kind == "scales")
    scales = data[at:]
    match layout.name:
        case "Q2_K":
            return scales[part] & 15, scales[part] >> 4
        case "Q3_K":
            low = scales[part % 8] >> (4 * (part // 8)) & 15
            return (low | (scales[8 + part % 4] >> (2 * (part // 4)) & 3) << 4) - 32, 0
        case "Q6_K":
            return struct.unpack_from("<b", scales, part)[0], 0
    return _six_bits(scales, part)


def _six_bits(scales: bytes, part: int) -> tuple[int, int]:
    """Q4_K and Q5_K: eight scales and eight minimums of six bits in twelve bytes
    (ggml-quants.c, get_scale_min_k4)."""
    if part < 4:
        return scales[part] & 63, scales[part + 4] & 63
    low = scales[part + 4]
    return (low & 15) | (scales[part - 4] >> 6) << 4, (low >> 4) | (scales[part] >> 6) << 4
