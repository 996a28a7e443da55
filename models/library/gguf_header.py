"""Reads the header of a GGUF file: what it says of itself, and which tensors it holds."""

from __future__ import annotations

import mmap
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path

from models.errors import UserError
from models.library.dimensions import Dimensions, read_dimensions
from models.library.ggml_types import GGML_TYPES
from models.library.gguf_cursor import ArrayRef, Cursor, Scalar, Value, broken

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MAX_KEYS = 65_536
_MAX_TENSORS = 262_144
_MAX_KEY_BYTES = 65_535
_MAX_NAME_BYTES = 1024
_MAX_DIMENSIONS = 4
_MAX_WEIGHTS = 1 << 48
_SMALLEST_KEY = 8 + 4 + 1  # an empty key, its type and one byte
_SMALLEST_TENSOR = 8 + 4 + 4 + 8


@dataclass(frozen=True)
class Tensor:
    """One tensor; `offset` is in bytes from the start of the file, `shape` in ggml's order."""

    name: str
    shape: tuple[int, ...]
    type_id: int
    offset: int

    @property
    def type(self) -> str:
        known = GGML_TYPES.get(self.type_id)
        return known.name if known else f"type {self.type_id}"

    @property
    def n_weights(self) -> int:
        return prod(self.shape)

    @property
    def size_bytes(self) -> int | None:
        """Bytes in the file; None where the type is unknown."""
        known = GGML_TYPES.get(self.type_id)
        return -(-self.n_weights // known.block_size) * known.block_bytes if known else None


@dataclass(frozen=True)
class GgufHeader:
    """Keys and values in file order; long arrays are references, read by `read_array`.

    A row (`complete` False) has only the keys before the first tokenizer array and no tensors.
    """

    path: Path
    version: int
    file_size_bytes: int
    n_tensors: int
    metadata: Mapping[str, Value]
    n_vocab: int = 0
    tensors: tuple[Tensor, ...] = ()
    data_offset: int = 0
    complete: bool = False

    def text(self, key: str) -> str:
        """The string under `key`; "" where there is none."""
        value = self.metadata.get(key, "")
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """The integer under `key`; 0 where there is none."""
        value = self.metadata.get(key, 0)
        return value if isinstance(value, int) else 0

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")

    @property
    def size_bytes(self) -> int:
        return self.file_size_bytes

    @property
    def dimensions(self) -> Dimensions | None:
        """The sizes that the fit forecast needs."""
        return read_dimensions(self.metadata, self.n_vocab)


def read_row(path: Path) -> GgufHeader:
    """The keys before the first tokenizer array: fast, for list rows. Raises UserError."""
    with _cursor(path) as cursor:
        return _read_row(cursor, path)


def read_beginning(data: bytes, size_bytes: int, path: Path) -> GgufHeader:
    """As `read_row`, from the first bytes of a file of `size_bytes` that is not here (yet)."""
    return _read_row(Cursor(data, path.name, size_bytes), path)


def read_header(path: Path) -> GgufHeader:
    """Every key and the tensor table. Raises UserError for anything that is not a sound file."""
    with _cursor(path) as cursor:
        version, n_tensors, n_keys = _read_start(cursor)
        metadata, n_vocab = _read_metadata(cursor, n_keys, stop_at_tokenizer=False)
        size = cursor.position + cursor.remaining
        tensors, data_offset = _read_tensors(cursor, n_tensors, metadata)
        return GgufHeader(
            path, version, size, n_tensors, metadata, n_vocab, tensors, data_offset, True
        )


def read_array(path: Path, reference: ArrayRef, limit: int = 1_000_000) -> tuple[Scalar, ...]:
    """The first `limit` items of a long array. Raises UserError when the file has changed."""
    with _cursor(path) as cursor:
        return cursor.items(reference, limit)


@contextmanager
def _cursor(path: Path) -> Iterator[Cursor]:
    """Map the file only as long as it is read: a mapped file cannot be deleted on Windows."""
    with _map(path) as data:
        yield Cursor(data, path.name)


def _read_row(cursor: Cursor, path: Path) -> GgufHeader:
    version, n_tensors, n_keys = _read_start(cursor)
    metadata, n_vocab = _read_metadata(cursor, n_keys, stop_at_tokenizer=True)
    size = cursor.position + cursor.remaining
    return GgufHeader(path, version, size, n_tensors, metadata, n_vocab)


def _map(path: Path) -> mmap.mmap:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise broken(path.name, "it is not an ordinary file")
        if status.st_size == 0:
            raise broken(path.name, "the file is empty")
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise UserError(
            f"{path.name} is no longer in {path.parent}.",
            "It was moved or deleted. Put it back, or remove it from the list.",
        ) from error
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path.name} cannot be opened: {getattr(error, 'strerror', None) or error}.",
            "Check that you may read the file.",
        ) from error


def _read_start(cursor: Cursor) -> tuple[int, int, int]:
    """Version, number of tensors and number of keys."""
    if cursor.remaining < 4 or cursor.take(4) != _MAGIC:
        raise cursor.fail("it does not begin as a GGUF file does")
    version = cursor.uint32()
    if version & 0xFFFF == 0 and version:
        raise cursor.fail("it was written for big-endian machines, which cannot be used here")
    if version not in _VERSIONS:
        raise cursor.fail(f"its format version {version} is not supported (2 and 3 are)")
    n_tensors, n_keys = cursor.uint64(), cursor.uint64()
    if n_keys > min(_MAX_KEYS, cursor.remaining // _SMALLEST_KEY):
        raise cursor.fail(f"it claims {n_keys:,} keys")
    if n_tensors > min(_MAX_TENSORS, cursor.remaining // _SMALLEST_TENSOR):
        raise cursor.fail(f"it claims {n_tensors:,} tensors")
    return version, n_tensors, n_keys


def _read_metadata(
    cursor: Cursor, n_keys: int, *, stop_at_tokenizer: bool
) -> tuple[dict[str, Value], int]:
    """Keys and values, and the size of the vocabulary where it was met."""
    metadata: dict[str, Value] = {}
    n_vocab = 0
    for _ in range(n_keys):
        key = cursor.string(_MAX_KEY_BYTES)
        if key in metadata:
            raise cursor.fail(f"the key {key[:80]} stands in it twice")
        array = cursor.peek_array() if key.startswith("tokenizer.") else None
        if array and key == "tokenizer.ggml.tokens":
            n_vocab = array.count
        if array and stop_at_tokenizer:
            break
        metadata[key] = cursor.value()
    return metadata, n_vocab


def _read_tensors(
    cursor: Cursor, count: int, metadata: Mapping[str, Value]
) -> tuple[tuple[Tensor, ...], int]:
    """The tensor table with offsets from the start of the file, and where the data begin."""
    rows = [_read_tensor(cursor) for _ in range(count)]
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20:
        raise cursor.fail("its alignment is not a sensible number")
    data_offset = -(-cursor.position // alignment) * alignment
    return tuple(
        Tensor(name, shape, type_id, data_offset + offset) for name, shape, type_id, offset in rows
    ), data_offset


def _read_tensor(cursor: Cursor) -> tuple[str, tuple[int, ...], int, int]:
    name = cursor.string(_MAX_NAME_BYTES)
    n_dimensions = cursor.uint32()
    if n_dimensions > _MAX_DIMENSIONS:
        raise cursor.fail(f"the tensor {name[:80]} claims {n_dimensions} dimensions")
    shape = tuple(cursor.uint64() for _ in range(n_dimensions))
    type_id, offset = cursor.uint32(), cursor.uint64()
    if prod(shape) > _MAX_WEIGHTS or offset > _MAX_WEIGHTS:
        raise cursor.fail(f"the tensor {name[:80]} claims an impossible size")
    return name, shape, type_id, offset


def missing_bytes(header: GgufHeader) -> int:
    """How many bytes of weights the file lacks, as after an interrupted download; 0 is sound."""
    ends = [t.offset + t.size_bytes for t in header.tensors if t.size_bytes is not None]
    return max(0, max(ends, default=0) - header.file_size_bytes)
