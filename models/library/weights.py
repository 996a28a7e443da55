"""The weights of an entry, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from models.library.entry import ModelEntry
from models.library.gguf_header import read_header
from models.library.mlx_tensors import read_tensors


class Weight(Protocol):
    """One tensor; `shape` in the order of its format, `size_bytes` None for an unknown type."""

    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def type(self) -> str: ...
    @property
    def n_weights(self) -> int: ...
    @property
    def size_bytes(self) -> int | None: ...


def weights_of(entry: ModelEntry) -> Sequence[Weight]:
    """None for what has no weights here. Raises UserError when a file cannot be read."""
    if entry.format == "mlx":
        return read_tensors(entry.path)
    if entry.format == "gguf":
        return [tensor for path in entry.files for tensor in read_header(path).tensors]
    return ()
