"""What the weights of an MLX folder are made of, from the headers of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from models.library.mlx_folder import read_config, weight_files
from models.library.safetensors import StoredArray, read_header

WORD_BITS = 32  # quantized weights are packed into words of 32 bits
_PARTS = ("scales", "biases")  # of a quantized weight, beside it


@dataclass(frozen=True)
class MlxTensor:
    """One weight; a quantized one with its scales. `shape` is that of the model, not as packed."""

    name: str
    shape: tuple[int, ...]
    type: str  # "F16", "4-bit g64", "MXFP4"
    size_bytes: int

    @property
    def n_weights(self) -> int:
        return prod(self.shape)


def read_tensors(folder: Path) -> tuple[MlxTensor, ...]:
    """Raises UserError where a file is damaged or incomplete."""
    arrays: dict[str, StoredArray] = {}
    for path in weight_files(folder):
        arrays.update(read_header(path).arrays)
    settings = read_config(folder).get("quantization")
    quantization = settings if isinstance(settings, dict) else {}
    return tuple(
        _tensor(name, arrays, quantization) for name in arrays if not _is_part(name, arrays)
    )


def _is_part(name: str, arrays: Mapping[str, StoredArray]) -> bool:
    layer, _, part = name.rpartition(".")
    return part in _PARTS and f"{layer}.weight" in arrays


def _tensor(
    name: str, arrays: Mapping[str, StoredArray], quantization: Mapping[str, Any]
) -> MlxTensor:
    stored, layer = arrays[name], name.removesuffix(".weight")
    scales = arrays.get(f"{layer}.scales")
    if scales is None or stored.dtype != "U32" or not name.endswith(".weight"):
        return MlxTensor(name, stored.shape, stored.dtype, stored.size_bytes)
    own = quantization.get(layer)
    settings = {**quantization, **(own if isinstance(own, dict) else {})}
    bits = settings.get("bits")
    bits = bits if isinstance(bits, int) and bits > 0 else 4
    shape = (*stored.shape[:-1], stored.shape[-1] * WORD_BITS // bits)
    size = stored.size_bytes + sum(
        arrays[part].size_bytes for each in _PARTS if (part := f"{layer}.{each}") in arrays
    )
    return MlxTensor(name, shape, _type(settings, bits), size)


def _type(settings: Mapping[str, Any], bits: int) -> str:
    mode = settings.get("mode", "affine")
    if mode != "affine":
        return str(mode).upper()[:20]
    return f"{bits}-bit g{settings.get('group_size', '?')}"
