"""What is asked of the process that reads tensors and quantizes parts of them, and what it tells.

Bytes travel as base64.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TensorPlace:
    """A tensor in a file: `offset` bytes from its start, `type_id` of ggml, rows of `columns`
    weights each."""

    path: str
    name: str
    offset: int
    type_id: int
    columns: int
    rows: int

    @property
    def n_weights(self) -> int:
        return self.columns * self.rows


@dataclass(frozen=True)
class ReadSpan:
    """`count` weights of one row from weight `first` of the tensor on, as each of `types` of
    ggml."""

    place: TensorPlace
    first: int
    count: int
    types: tuple[int, ...]
    type: str = "read_span"


@dataclass(frozen=True)
class SpanAs:
    """The same weights as a type: its bytes as they would lie in a file, and what llama.cpp reads
    out of them (float32)."""

    type_id: int
    data: str
    decoded: str


@dataclass(frozen=True)
class SpanRead:
    """`values`: float32, as llama.cpp reads them out of the file."""

    first: int
    count: int
    values: str
    coded: tuple[SpanAs, ...]
    type: str = "span_read"


@dataclass(frozen=True)
class MeasureTensor:
    """The error of the whole tensor as each of `types`."""

    place: TensorPlace
    types: tuple[int, ...]
    type: str = "measure_tensor"


@dataclass(frozen=True)
class MeasureProgress:
    done: int
    total: int  # weights, all types together
    type: str = "measure_progress"


@dataclass(frozen=True)
class TensorMeasured:
    """Sums over all finite weights W and what stands for them Ŵ: ΣW², Σ(W − Ŵ)², max |W − Ŵ|.
    `size_bytes` as the type."""

    type_id: int
    sum_squares: float
    sum_squared_errors: float
    largest_error: float
    size_bytes: int
    n_weights: int
    n_not_finite: int
    type: str = "tensor_measured"


@dataclass(frozen=True)
class AllMeasured:
    type: str = "all_measured"
