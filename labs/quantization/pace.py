"""Which files read alike, and which of them so slowly that it has to be said before."""

from __future__ import annotations

from collections.abc import Sequence

from labs.quantization.table import FULL_TYPES
from models.engine import mlx_library
from models.library.type_mix import TypeMix

QUANTIZED_MLX = "mlx, quantized"


def kind_of(file_format: str, mix: TypeMix) -> str:
    """Files of one kind read about as many weights a second on one machine."""
    is_quantized = any(share.type not in FULL_TYPES for share in mix.shares)
    return QUANTIZED_MLX if file_format == "mlx" and is_quantized else file_format


def is_slow(kind: str, gpu_layers: int) -> bool:
    """MLX has fast ways to unpack weights for graphics devices alone. On two cores the starter in 4
    or in 8 bits took a minute for 16 tokens, and a thousandth of that as a GGUF file."""
    on_processor = gpu_layers == 0 or mlx_library.has_processor_only()
    return kind == QUANTIZED_MLX and on_processor


def slow_sentence(names: Sequence[str]) -> str:
    """ "" for none."""
    if not names:
        return ""
    has = "has" if len(names) == 1 else "have"
    return (
        f"{' and '.join(names)} {has} quantized weights, which MLX unpacks one by one where it "
        "runs on the processor, as here. One window may take half an hour, of a large model hours: "
        "compare a GGUF file of as many bits instead, or take very few windows."
    )
