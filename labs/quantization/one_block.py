"""What quantizing does to 32 weights, and to a whole tensor: errors, bits, and their words."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, log10, sqrt

from models.quantize.block_codes import Explained, Part
from models.quantize.block_layout import Bits, Field, Layout
from models.quantize.block_messages import TensorMeasured
from models.quantize.blocks import Coded, TensorRow, layout_of

FULL_TYPES = frozenset({"F32", "F16", "BF16"})
FEW_BITS, SHOWS_THROUGH = 6.0, 0.01  # Q5_1 of weights that were never rounded loses some 4 %
FIELD_WORDS: Mapping[str, str] = {
    "scale": "scale", "minimum": "minimum", "scales": "scales of the parts", "high": "upper bits",
    "codes": "codes",
}  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """`relative`: ‖W − Ŵ‖/‖W‖. `sqnr_db`: 10·log₁₀(ΣW²/Σ(W − Ŵ)²), infinite without an error.
    Both None where all weights are 0."""

    relative: float | None
    sqnr_db: float | None
    largest: float
    bits_per_weight: float

    @classmethod
    def of_sums(
        cls, squares: float, squared_errors: float, largest: float, bits_per_weight: float
    ) -> Loss:
        if not squares:
            return cls(None, None, largest, bits_per_weight)
        relative = sqrt(squared_errors / squares)
        sqnr_db = 10 * log10(squares / squared_errors) if squared_errors else inf
        return cls(relative, sqnr_db, largest, bits_per_weight)


def loss_of(values: Sequence[float], coded: Coded) -> Loss:
    errors = errors_of(values, coded)
    return Loss.of_sums(
        sum(value * value for value in values), sum(error * error for error in errors),
        max(map(abs, errors), default=0.0), coded.layout.bits_per_weight,
    )  # fmt: skip


def errors_of(values: Sequence[float], coded: Coded) -> tuple[float, ...]:
    """Decoded minus true, weight by weight."""
    return tuple(d - v for v, d in zip(values, coded.decoded, strict=True))


def tensor_loss(told: TensorMeasured) -> Loss:
    layout = layout_of(told.type_id)
    return Loss.of_sums(
        told.sum_squares, told.sum_squared_errors, told.largest_error, layout.bits_per_weight
    )


def earlier_type(losses: Mapping[str, Loss]) -> str:
    """The type that the weights of a tensor have gone through before, as far as that shows: few
    bits that lose next to nothing. "" where none does."""
    lossless = {
        name: loss for name, loss in losses.items()
        if loss.relative is not None and loss.relative < SHOWS_THROUGH
        and loss.bits_per_weight <= FEW_BITS
    }  # fmt: skip
    return min(lossless, key=lambda name: lossless[name].bits_per_weight, default="")


# ---- words -------------------------------------------------------------------------------------


def source_sentence(row: TensorRow) -> str:
    """What the weights that are shown are."""
    place = row.place
    size = f"{place.rows:,} rows of {place.columns:,} weights"
    if row.type in FULL_TYPES:
        return f"{size}, in the file as {row.type}."
    return (
        f"{size}, in the file as {row.type}: quantized already. They are read out of it first, so "
        "what was lost before is not seen here, and the same type again loses next to nothing."
    )


def recipe(explained: Explained) -> str:
    """How a weight comes back, in one line."""
    layout = explained.layout
    level = "table[code]" if layout.table else f"(code − {layout.zero})" if layout.zero else "code"
    tail = " + minimum" if layout.has_minimum else ""
    return f"weight = scale × {level}{tail}"


def part_words(explained: Explained, part: Part) -> str:
    """The scale and the minimum of a part, and what they are made of in a large block."""
    if part.steps is None:
        tail = f", minimum {number(part.minimum)}" if explained.layout.has_minimum else ""
        return f"scale {number(part.scale)}{tail}"
    step, least = part.steps
    words = f"scale {number(part.scale)} = {number(explained.block_scale)} × {step}"
    if explained.layout.has_minimum:
        words += f", minimum {number(part.minimum)} = −{number(explained.block_minimum)} × {least}"
    return words


def block_words(layout: Layout) -> str:
    size = f"{layout.block_size} weights in {layout.block_bytes} bytes"
    shown = "" if layout.block_size == 32 else "; 32 of them are shown"
    return f"{size}, {layout.bits_per_weight:g} bits a weight{shown}"


def field_words(field: Field, layout: Layout) -> str:
    kind = FIELD_WORDS[field.kind]
    if field.kind in ("scale", "minimum"):
        return f"{kind} (float16)" if layout.block_size == 32 else f"{kind} of the block (float16)"
    return kind


def bits_words(bits: Bits) -> str:
    """ "byte 5, bits 0 to 3"."""
    last = bits.first + bits.count - 1
    if bits.count == 8:
        return f"byte {bits.byte}"
    which = f"bit {bits.first}" if bits.count == 1 else f"bits {bits.first} to {last}"
    return f"byte {bits.byte}, {which}"


def number(value: float) -> str:
    """Four figures, with a real minus sign."""
    return f"{value:.4g}".replace("-", "−")


def percent_text(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.3g} %"


def decibel_text(value: float | None) -> str:
    if value is None:
        return "–"
    return "no error" if value == inf else f"{value:.1f} dB"


def as_csv(row: TensorRow, block: int, values: Sequence[float], coded: Coded) -> str:
    """The 32 weights of a block as rows; a first line says what they are."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([f"{row.place.name}, block {block}, {row.type} as {coded.layout.name}"])
    rows.writerow(["weight", "value", "code", "level", "decoded", "error"])
    errors = errors_of(values, coded)
    for place, (value, code) in enumerate(zip(values, coded.explained.codes, strict=True)):
        rows.writerow([place, repr(value), code.stored, code.level, repr(coded.decoded[place]),
                       repr(errors[place])])  # fmt: skip
    return out.getvalue()
