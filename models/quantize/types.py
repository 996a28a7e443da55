"""The types a file can be written as: llama.cpp's mixes, by the name people know them under."""

from __future__ import annotations

import re

from models.errors import UserError
from models.library.ggml_types import FILE_TYPES, GGML_TYPES

TYPES: dict[str, int] = {name: number for number, name in FILE_TYPES.items()}
FLOATS = frozenset({"F32", "F16", "BF16"})
LARGE_BLOCK = 256
_FAMILY = re.compile(r"IQ\d|Q\d_K")
_BY_NAME = {known.name: known for known in GGML_TYPES.values()}


def number_of(name: str) -> int:
    """Of `enum llama_ftype`. Raises UserError for a type that is not known."""
    if name not in TYPES:
        raise UserError(f"{name} is not a type Assay writes.", f"Choose one of {', '.join(TYPES)}.")
    return TYPES[name]


def size_of(type_name: str, n_weights: int) -> int:
    """Bytes of so many weights as a type of ggml, "Q4_K"."""
    known = _BY_NAME[type_name]
    return -(-n_weights // known.block_size) * known.block_bytes


def usual_spelling(native: str) -> str:
    """ "q4_K" and "iq4_nl" as they stand in tables: "Q4_K", "IQ4_NL"."""
    return native.upper()


def is_of_family(type_name: str, quantization: str) -> bool:
    """Whether a type of ggml is what a mix is named after: Q4_K of Q4_K_M, IQ3_XXS of IQ3_XS."""
    family = _FAMILY.match(quantization)
    return type_name.startswith(family[0]) if family else type_name == quantization


def has_large_blocks(quantization: str) -> bool:
    """Whether a mix is named after a type of 256 weights a block."""
    return any(
        known.block_size == LARGE_BLOCK and is_of_family(known.name, quantization)
        for known in GGML_TYPES.values()
    )
