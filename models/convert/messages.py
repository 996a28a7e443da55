"""What is asked of the process that converts, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass

BITS = (2, 3, 4, 5, 6, 8)
GROUP_SIZES = (32, 64, 128)
FLOATS = (16, 32)


@dataclass(frozen=True)
class Convert:
    """Weights of `bits` in groups that share a scale, or with `bits` 0 as floats of `float_bits`.

    `target` must not exist; the child fills it and is told nothing of the final name.
    """

    files: tuple[str, ...]
    target: str
    bits: int = 4
    group_size: int = 64
    float_bits: int = 16
    type: str = "convert"


@dataclass(frozen=True)
class ConvertProgress:
    """`done` of `total` tensors."""

    done: int
    total: int
    type: str = "convert_progress"


@dataclass(frozen=True)
class Converted:
    size_bytes: int
    bits_per_weight: float
    type: str = "converted"
