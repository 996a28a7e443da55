"""Parts of a tensor as llama.cpp would quantize them, and how far off a whole tensor then is.

The numbers come from ggml in a process of its own; only the explanation of the bytes is ours.
"""

from __future__ import annotations

from array import array
from base64 import b64decode
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from models.cancel import CancelToken
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.task_parent import ask
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.gguf_header import Tensor, missing_bytes, read_header
from models.quantize import block_messages
from models.quantize.block_codes import Explained, explain
from models.quantize.block_layout import LAYOUTS, SHOWN, Layout
from models.quantize.block_messages import (
    AllMeasured,
    MeasureProgress,
    MeasureTensor,
    ReadSpan,
    SpanRead,
    TensorMeasured,
    TensorPlace,
)

CHILD = "models.quantize.block_child"
KNOWN = {**MESSAGE_TYPES, **message_types(block_messages)}
SPAN_WEIGHTS = 2048  # read at once, so that stepping to the next block costs nothing
_BY_ID = {layout.type_id: layout for layout in LAYOUTS.values()}


@dataclass(frozen=True)
class TensorRow:
    """A tensor of a file; `problem` says why no block of it can be shown, "" where one can."""

    place: TensorPlace
    type: str
    problem: str = ""

    @property
    def n_blocks(self) -> int:
        return self.place.n_weights // SHOWN


@dataclass(frozen=True)
class Coded:
    """32 weights as one type; `decoded` is what llama.cpp makes of the bytes."""

    explained: Explained
    decoded: tuple[float, ...]

    @property
    def layout(self) -> Layout:
        return self.explained.layout


@dataclass(frozen=True)
class Span:
    """A stretch of one row; `first` counts weights of the tensor."""

    place: TensorPlace
    first: int
    values: Sequence[float]
    data: Mapping[str, bytes]
    decoded: Mapping[str, Sequence[float]]

    def holds(self, place: TensorPlace, block: int) -> bool:
        at = block * SHOWN - self.first
        return place == self.place and 0 <= at < len(self.values)

    def weights(self, block: int) -> tuple[float, ...]:
        at = block * SHOWN - self.first
        return tuple(self.values[at : at + SHOWN])

    def coded(self, block: int) -> dict[str, Coded]:
        """The block as each type that the row can have."""
        at = block * SHOWN - self.first
        return {name: self._coded(LAYOUTS[name], at) for name in self.data}

    def _coded(self, layout: Layout, at: int) -> Coded:
        number, inside = divmod(at, layout.block_size)
        start = number * layout.block_bytes
        data = self.data[layout.name][start : start + layout.block_bytes]
        decoded = tuple(self.decoded[layout.name][at : at + SHOWN])
        return Coded(explain(layout, data, inside), decoded)


def tensors_of(entry: ModelEntry) -> tuple[TensorRow, ...]:
    """Every tensor of a GGUF model. Raises UserError where the file cannot be read."""
    if entry.format != "gguf":
        raise UserError(f"{entry.name} is no GGUF file.", "Blocks are shown of GGUF files only.")
    if entry.problem:
        raise UserError(entry.problem)
    rows = []
    for path in entry.files:
        header = read_header(path)
        if missing_bytes(header):
            raise UserError(f"{entry.name} is not complete.", "Download it again.")
        rows += [_row(str(path), tensor) for tensor in header.tensors]
    if not rows:
        raise UserError(f"{entry.name} holds no tensors.", "Choose a file with weights.")
    return tuple(rows)


def _row(path: str, tensor: Tensor) -> TensorRow:
    columns = tensor.shape[0] if tensor.shape else 0
    rows = prod(tensor.shape[1:])
    place = TensorPlace(path, tensor.name, tensor.offset, tensor.type_id, columns, rows)
    return TensorRow(place, tensor.type, _problem(tensor, columns))


def _problem(tensor: Tensor, columns: int) -> str:
    if tensor.size_bytes is None:
        return f"{tensor.name} has a type that this Assay does not know ({tensor.type})."
    if len([size for size in tensor.shape if size != 1]) < 2:
        return (
            f"{tensor.name} is one row of {tensor.n_weights:,} numbers, as norms and biases are. "
            "These are never quantized: they are few, and errors in them cost much."
        )
    if columns % SHOWN:
        return (
            f"The rows of {tensor.name} hold {columns:,} weights, which do not divide into blocks "
            f"of {SHOWN}. Such a tensor keeps its full numbers."
        )
    return ""


def types_for(place: TensorPlace) -> tuple[Layout, ...]:
    """The types whose blocks the rows divide into, most bits first."""
    return tuple(each for each in LAYOUTS.values() if place.columns % each.block_size == 0)


def read_span(row: TensorRow, block: int, cancel: CancelToken) -> Generator[str, None, Span]:
    """The stretch of its row that holds the block. Raises UserError for a tensor or block that
    cannot be shown, EngineDied, Cancelled."""
    _refuse(row)
    if not 0 <= block < row.n_blocks:
        raise UserError(
            f"{row.place.name} has no block {block:,}.",
            f"Choose one from 0 to {row.n_blocks - 1:,}.",
        )
    yield f"Reading {row.place.name}"
    place = row.place
    in_row = block * SHOWN % place.columns
    before = in_row // SPAN_WEIGHTS * SPAN_WEIGHTS
    first = block * SHOWN - in_row + before
    count = min(SPAN_WEIGHTS, place.columns - before)
    types = tuple(layout.type_id for layout in types_for(place))
    request = ReadSpan(place, first, count, types)
    (told,) = ask(CHILD, request, KNOWN, cancel, SpanRead)
    names = {each.type_id: _BY_ID[each.type_id].name for each in told.coded}
    return Span(
        place, told.first, _floats(told.values),
        {names[each.type_id]: b64decode(each.data) for each in told.coded},
        {names[each.type_id]: _floats(each.decoded) for each in told.coded},
    )  # fmt: skip


def measure(
    row: TensorRow, types: Sequence[str], cancel: CancelToken
) -> Generator[MeasureProgress | TensorMeasured, None, None]:
    """The whole tensor as each type, in the order given; a type is told as soon as it is done.

    Raises UserError, EngineDied, Cancelled.
    """
    _refuse(row)
    request = MeasureTensor(row.place, tuple(LAYOUTS[name].type_id for name in types))
    for told in ask(CHILD, request, KNOWN, cancel, AllMeasured):
        if not isinstance(told, AllMeasured):
            yield told


def layout_of(type_id: int) -> Layout:
    return _BY_ID[type_id]


def _refuse(row: TensorRow) -> None:
    if row.problem:
        raise UserError(row.problem, "Choose another tensor.")


def _floats(text: str) -> Sequence[float]:
    return array("f", b64decode(text))
