"""A GGUF file or shard set as the conversion reads it: whole keys, and tensors as floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from models.library.ggml_types import GGML_TYPES
from models.library.gguf_cursor import ArrayRef
from models.library.gguf_header import Tensor, read_array, read_header

Floats = NDArray[np.float32]
_LONGEST_ARRAY = 4_000_000


class Source:
    """Raises UserError for a file that cannot be read."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._headers = [read_header(path) for path in files]
        self._first = self._headers[0]
        self.architecture = self._first.architecture
        self.shapes = {t.name: t.shape[::-1] for h in self._headers for t in h.tensors}

    @property
    def name(self) -> str:
        return self._first.text("general.name") or self._first.path.stem

    def value(self, key: str, default: Any = None) -> Any:
        """Arrays as tuples."""
        value = self._first.metadata.get(key, default)
        if isinstance(value, ArrayRef):
            return read_array(self._first.path, value, _LONGEST_ARRAY)
        return value

    def own(self, key: str, default: Any = None) -> Any:
        """A key of the architecture. Raises UserError where there is neither it nor a default."""
        value = self.value(f"{self.architecture}.{key}", default)
        if value is None:
            raise UserError(f"{self._first.path.name} does not tell its {key.replace('_', ' ')}.")
        return value

    def tensors(self) -> Iterator[tuple[str, Floats]]:
        """Name and values of each, in rows as the model multiplies them."""
        for header in self._headers:
            data = np.memmap(header.path, np.uint8, "r")
            for tensor in header.tensors:
                yield tensor.name, _floats(data, tensor)

    def tensor(self, name: str) -> Floats:
        header, tensor = next((h, t) for h in self._headers for t in h.tensors if t.name == name)
        return _floats(np.memmap(header.path, np.uint8, "r"), tensor)


def _floats(data: NDArray[np.uint8], tensor: Tensor) -> Floats:
    from gguf import GGMLQuantizationType, quants

    kind, n_bytes = GGML_TYPES.get(tensor.type_id), tensor.size_bytes
    if kind is None or n_bytes is None:
        raise UserError(f"{tensor.name} has weights of a type that is not known ({tensor.type}).")
    rows, columns = tensor.shape[::-1][:-1], tensor.shape[0]
    raw = data[tensor.offset : tensor.offset + n_bytes]
    raw = raw.reshape(*rows, columns // kind.block_size * kind.block_bytes)
    try:
        floats: Floats = quants.dequantize(raw, GGMLQuantizationType(tensor.type_id))
    except (NotImplementedError, ValueError) as error:
        raise UserError(f"Weights of the type {tensor.type} cannot be converted.") from error
    return floats.reshape(tensor.shape[::-1])
