"""The vocabulary of a GGUF file alone, with some of its keys changed, as a small file to try."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.library.gguf_cursor import Cursor
from models.library.gguf_header import read_header

RULE, MERGES, KINDS = (
    "tokenizer.ggml.pre", "tokenizer.ggml.merges", "tokenizer.ggml.token_type",
)  # fmt: skip
_START = struct.Struct("<4sIQQ")
_INT32, _STRING, _ARRAY = 5, 8, 9
Raw = Mapping[str, bytes]


def write_vocabulary(path: Path, target: Path, changes: Raw) -> None:
    """`target` gets the keys of `path` and no weights; `changes` are values with their types, as
    `string`, `strings` and `numbers` make them. Raises UserError where the file is damaged."""
    keys = {**_keys(path), **changes}
    out = bytearray(_START.pack(b"GGUF", 3, 0, len(keys)))
    for key, value in keys.items():
        out += _text(key) + value
    out += bytes(-len(out) % 32)
    target.write_bytes(out)


def string(value: str) -> bytes:
    return struct.pack("<I", _STRING) + _text(value)


def strings(values: Sequence[str]) -> bytes:
    head = struct.pack("<IIQ", _ARRAY, _STRING, len(values))
    return head + b"".join(map(_text, values))


def numbers(values: Sequence[int]) -> bytes:
    return struct.pack(f"<IIQ{len(values)}i", _ARRAY, _INT32, len(values), *values)


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _keys(path: Path) -> dict[str, bytes]:
    """Every key with its value as it stands in the file, type and all."""
    n_keys = len(read_header(path).metadata)  # which checks the file from end to end
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        cursor = Cursor(data, path.name)
        cursor.skip(_START.size)
        found = {}
        for _ in range(n_keys):
            key, start = cursor.string(), cursor.position
            cursor.value()
            found[key] = bytes(data[start : cursor.position])
    return found
