"""What a file would become as each type: real sizes from its tensor table, and substitutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.library.ggml_types import FILE_TYPES
from models.library.gguf_header import GgufHeader, Tensor
from models.library.type_mix import TypeMix, type_mix
from models.quantize.messages import NativePlan, NativeTensor
from models.quantize.types import (
    FLOATS,
    LARGE_BLOCK,
    TYPES,
    has_large_blocks,
    is_of_family,
    size_of,
)

MOST_SUBSTITUTED = 0.5
_ALIGNMENT = 32


@dataclass(frozen=True)
class TargetTensor:
    """`is_substitute`: its rows do not divide into the blocks of what the mix asks for."""

    name: str
    type: str
    n_weights: int
    size_bytes: int
    is_substitute: bool = False


@dataclass(frozen=True)
class Plan:
    """One type of the ladder. `size_bytes` is the whole file's, exact to about a kilobyte;
    `substituted` the share of all weights that get another type than the mix asks for."""

    quantization: str
    mix: TypeMix
    size_bytes: int
    substituted: float
    needs_imatrix: bool = False
    problem: str = ""

    @property
    def is_substituted(self) -> bool:
        """More than half, or all: the file would bear a name that it does not deserve."""
        names = [share.type for share in self.mix.shares]
        has_own = any(is_of_family(name, self.quantization) for name in names)
        return self.substituted > MOST_SUBSTITUTED or not has_own

    @property
    def can_be_made(self) -> bool:
        return not self.problem and not self.needs_imatrix

    @property
    def remark(self) -> str:
        """A sentence on what is unusual; "" where nothing is."""
        if self.problem:
            return f"Cannot be made of this file: {self.problem}."
        if self.needs_imatrix:
            return "Needs an importance matrix, which Assay does not make."
        share = f"{100 * self.substituted:.0f} %"
        if self.is_substituted:
            return f"{self.quantization} in name only: {self._reason(share)}."
        return f"{self._reason(share)}." if self.substituted else ""

    def _reason(self, share: str) -> str:
        if not self.substituted:
            return "no weight gets that type"
        return f"{share} of the weights get another type, because their rows do not divide"


def plan_of(headers: Sequence[GgufHeader], native: NativePlan) -> Plan:
    """`headers` of the source: one file, or a shard set in order."""
    becomes = {tensor.name: tensor for tensor in native.tensors}
    tensors = [
        _target(tensor, becomes.get(tensor.name), native.quantization)
        for header in headers
        for tensor in header.tensors
    ]
    mix = type_mix(tensors)
    lost = sum(tensor.n_weights for tensor in tensors if tensor.is_substitute)
    padded = sum(-(-tensor.size_bytes // _ALIGNMENT) * _ALIGNMENT for tensor in tensors)
    return Plan(
        native.quantization, mix, headers[0].data_offset + padded,
        lost / mix.n_weights if mix.n_weights else 0.0, native.needs_imatrix, native.problem,
    )  # fmt: skip


def _target(tensor: Tensor, native: NativeTensor | None, quantization: str) -> TargetTensor:
    kind = native.type if native else tensor.type
    size = tensor.size_bytes if kind == tensor.type else size_of(kind, tensor.n_weights)
    lost = native is not None and (native.fell_back or _is_unsaid(tensor, kind, quantization))
    return TargetTensor(tensor.name, kind, tensor.n_weights, size or 0, lost)


def _is_unsaid(tensor: Tensor, kind: str, quantization: str) -> bool:
    """The engine says nothing where embeddings that are the output too get Q8_0 for their rows."""
    is_mix_of_large_blocks = has_large_blocks(quantization)
    return is_mix_of_large_blocks and kind not in FLOATS and bool(tensor.shape[0] % LARGE_BLOCK)


def name_remark(named: str, headers: Sequence[GgufHeader]) -> str:
    """A sentence where a finished file bears its type for less than half of its weights, else "".
    `named` is its type by the file's name; where that is none, the header tells."""
    tensors = [tensor for header in headers for tensor in header.tensors]
    quantization = named if named in TYPES else _told_type(headers)
    if not quantization or not tensors:
        return ""
    kept = [_target(t, NativeTensor(t.name, t.type), quantization) for t in tensors]
    lost = sum(tensor.n_weights for tensor in kept if tensor.is_substitute)
    mix = type_mix(kept)
    plan = Plan(quantization, mix, mix.size_bytes, lost / mix.n_weights if mix.n_weights else 0.0)
    return plan.remark if plan.is_substituted else ""


def _told_type(headers: Sequence[GgufHeader]) -> str:
    key = "general.file_type"
    known = [header for header in headers if key in header.metadata]
    return FILE_TYPES.get(known[0].number(key), "") if known else ""


def lossy_types(headers: Sequence[GgufHeader]) -> tuple[str, ...]:
    """The types in which a source has lost something already, by share; () for floats."""
    shares = type_mix([t for header in headers for t in header.tensors]).shares
    return tuple(share.type for share in shares if share.type not in FLOATS)
