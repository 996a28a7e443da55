"""What is asked of the process that quantizes, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanQuantize:
    """What a file would become as each type; nothing is written."""

    source: str
    types: tuple[str, ...]
    type: str = "plan_quantize"


@dataclass(frozen=True)
class NativeTensor:
    """A tensor as it would be written: `type` of ggml; `fell_back` where its rows do not divide
    into the blocks of `wanted`, and another type took its place."""

    name: str
    type: str
    wanted: str = ""

    @property
    def fell_back(self) -> bool:
        return bool(self.wanted)


@dataclass(frozen=True)
class NativePlan:
    """`problem` says in the engine's words why it cannot be; `needs_imatrix`: only with an
    importance matrix. Tensors that are not named keep their type."""

    quantization: str
    tensors: tuple[NativeTensor, ...] = ()
    needs_imatrix: bool = False
    problem: str = ""
    type: str = "native_plan"


@dataclass(frozen=True)
class NativePlans:
    plans: tuple[NativePlan, ...]
    type: str = "native_plans"


@dataclass(frozen=True)
class Quantize:
    """Write `source` as `target`, a name that only the parent changes to the final one.

    `threads` 0 means all.
    """

    source: str
    target: str
    quantization: str
    allow_requantize: bool = False
    threads: int = 0
    type: str = "quantize"


@dataclass(frozen=True)
class QuantizeProgress:
    """`done` of `total` tensors."""

    done: int
    total: int
    type: str = "quantize_progress"


@dataclass(frozen=True)
class Quantized:
    size_bytes: int
    type: str = "quantized"
