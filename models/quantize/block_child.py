"""The process that reads tensors: `python -P -m models.quantize.block_child`."""

from __future__ import annotations

import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.task_child import serve
from models.engine.wire import Wire
from models.errors import UserError
from models.quantize import block_messages
from models.quantize.block_messages import (
    AllMeasured,
    MeasureProgress,
    MeasureTensor,
    ReadSpan,
    SpanAs,
    SpanRead,
    TensorMeasured,
    TensorPlace,
)
from models.quantize.ggml_native import Ggml

KNOWN = {**MESSAGE_TYPES, **message_types(block_messages)}
CHUNK_WEIGHTS = 1 << 20
Floats = NDArray[np.float32]


def answer(request: Any, told: Callable[[Any], None]) -> Any:
    try:
        if isinstance(request, ReadSpan):
            return read_span(request)
        return measure(request, told)
    except UserError as error:
        return Failed("user", error.message, error.hint)
    except MemoryError:
        return Failed("user", "There is not enough memory to read this tensor.", "Free some.")
    except Exception as error:  # noqa: BLE001 - the parent shows it as a bug with its traceback
        return Failed("bug", f"{type(error).__name__}: {error}", log=traceback.format_exc())


def read_span(request: ReadSpan) -> SpanRead:
    ggml = Ggml()
    values = _read(ggml, request.place, request.first, request.count)
    if not np.isfinite(values).all():
        raise UserError(
            f"This part of {request.place.name} holds what is no number.", "The file is damaged."
        )
    coded = []
    for type_id in request.types:
        data = ggml.quantize(type_id, values, len(values))
        decoded = ggml.read(type_id, data)
        coded.append(SpanAs(type_id, _text(data), _text(decoded)))
    return SpanRead(request.first, request.count, _text(values), tuple(coded))


def measure(request: MeasureTensor, told: Callable[[Any], None]) -> AllMeasured:
    """Tells each type as soon as it is done."""
    ggml, place = Ggml(), request.place
    total = place.n_weights * len(request.types)
    for number, type_id in enumerate(request.types):
        squares = errors = largest = 0.0
        finite = done = 0
        for values in _rows(ggml, place):
            sound = np.isfinite(values)
            known = np.where(sound, values, np.float32(0))  # what is no number may abort
            decoded = ggml.read(type_id, ggml.quantize(type_id, known, place.columns))
            kept = sound & np.isfinite(decoded)
            finite += int(kept.sum())
            wrong = (values[kept] - decoded[kept]).astype(np.float64)
            squares += float(np.sum(values[kept].astype(np.float64) ** 2))
            errors += float(np.sum(wrong**2))
            largest = max(largest, float(np.abs(wrong).max(initial=0.0)))
            done += len(values)
            told(MeasureProgress(number * place.n_weights + done, total))
        told(TensorMeasured(
            type_id, squares, errors, largest, ggml.size_bytes(type_id, place.n_weights),
            place.n_weights, place.n_weights - finite,
        ))  # fmt: skip
    return AllMeasured()


def _rows(ggml: Ggml, place: TensorPlace) -> Iterator[Floats]:
    """The whole tensor, some rows at a time."""
    step = max(1, CHUNK_WEIGHTS // place.columns) * place.columns
    for first in range(0, place.n_weights, step):
        yield _read(ggml, place, first, min(step, place.n_weights - first))


def _read(ggml: Ggml, place: TensorPlace, first: int, count: int) -> Floats:
    if not ggml.can_read(place.type_id):
        raise UserError(f"The engine cannot read the numbers of {place.name} out of its type.")
    start = place.offset + ggml.size_bytes(place.type_id, first)
    size = ggml.size_bytes(place.type_id, count)
    try:
        with open(place.path, "rb") as file:
            file.seek(start)
            data = file.read(size)
    except OSError as error:
        raise UserError(
            f"{Path(place.path).name} cannot be read: {error.strerror or error}.",
            "It was moved or deleted. Put it back, or choose another file.",
        ) from error
    if len(data) < size:
        raise UserError(
            f"The file ends inside the tensor {place.name}.",
            "It is not complete. Download it again.",
        )
    return ggml.read(place.type_id, np.frombuffer(data, dtype=np.uint8).copy())


def _text(values: NDArray[Any]) -> str:
    return b64encode(values.tobytes()).decode("ascii")


if __name__ == "__main__":
    serve(Wire.of_process(KNOWN), answer)
