"""Reads numbers, strings and arrays of a GGUF file, checking every length against the file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from mmap import mmap

from models.errors import UserError

Scalar = int | float | bool | str

_MAX_STRING_BYTES = 16 << 20  # a chat template is some kilobytes
_MAX_STRINGS_BYTES = 64 << 20  # all strings that are kept, together
_MAX_WALKED_STRINGS = 8_000_000  # thirty times the largest vocabulary with its merges
_SHORT_ARRAY = 1024

_NUMBERS = {
    0: ("uint8", struct.Struct("<B")), 1: ("int8", struct.Struct("<b")),
    2: ("uint16", struct.Struct("<H")), 3: ("int16", struct.Struct("<h")),
    4: ("uint32", struct.Struct("<I")), 5: ("int32", struct.Struct("<i")),
    6: ("float32", struct.Struct("<f")), 7: ("bool", struct.Struct("<?")),
    10: ("uint64", struct.Struct("<Q")), 11: ("int64", struct.Struct("<q")),
    12: ("float64", struct.Struct("<d")),
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_LENGTH = struct.Struct("<Q")
_COUNT = struct.Struct("<I")


@dataclass(frozen=True)
class ArrayRef:
    """An array that stays in the file until it is asked for."""

    item_type: str
    count: int
    offset: int  # of the first item, in bytes from the start of the file
    type_id: int

    def __str__(self) -> str:
        return f"{self.count:,} × {self.item_type}"


Value = Scalar | tuple[Scalar, ...] | ArrayRef


def broken(file_name: str, reason: str) -> UserError:
    """The one sentence for a file that cannot be read as GGUF."""
    return UserError(
        f"{file_name} cannot be read as a GGUF model: {reason}.",
        "Download or copy the file again; nothing was changed.",
    )


class Cursor:
    """A position in a mapped file. Every method raises UserError where the file is wrong.

    `size_bytes` is the size of the file where `data` is only its beginning.
    """

    def __init__(self, data: mmap | bytes, file_name: str, size_bytes: int | None = None) -> None:
        self._data = data
        self._size = len(data) if size_bytes is None else size_bytes
        self._file_name = file_name
        self._kept_bytes = 0
        self._walked = 0
        self.position = 0

    def fail(self, reason: str) -> UserError:
        return broken(self._file_name, reason)

    @property
    def remaining(self) -> int:
        return self._size - self.position

    def skip(self, n_bytes: int) -> None:
        if n_bytes > len(self._data) - self.position:
            raise self.fail("it ends in the middle of its header")
        self.position += n_bytes

    def take(self, n_bytes: int) -> bytes:
        start = self.position
        self.skip(n_bytes)
        return bytes(self._data[start : self.position])

    def number(self, layout: struct.Struct) -> int | float | bool:
        start = self.position
        self.skip(layout.size)
        (value,) = layout.unpack_from(self._data, start)
        return value

    def uint32(self) -> int:
        return int(self.number(_COUNT))

    def uint64(self) -> int:
        return int(self.number(_LENGTH))

    def string(self, max_bytes: int = _MAX_STRING_BYTES) -> str:
        length = self.uint64()
        if length > max_bytes and length <= self.remaining:
            raise self.fail(f"a text in its header is {length:,} bytes long")
        self._kept_bytes += length
        if self._kept_bytes > _MAX_STRINGS_BYTES and length <= self.remaining:
            raise self.fail("the texts in its header are too large")
        return self.take(length).decode("utf-8", errors="replace")

    def value(self) -> Value:
        """A typed value; short arrays as tuples, long ones as a reference."""
        type_id = self.uint32()
        return self.array() if type_id == _ARRAY else self.scalar(type_id)

    def scalar(self, type_id: int) -> Scalar:
        if type_id == _STRING:
            return self.string()
        if type_id not in _NUMBERS:
            raise self.fail(f"it uses a value type that does not exist ({type_id})")
        return self.number(_NUMBERS[type_id][1])

    def peek_array(self) -> ArrayRef | None:
        """Type and count of the array that comes next; None for any other value."""
        start = self.position
        head = self.array_head() if self.uint32() == _ARRAY else None
        self.position = start
        return head

    def array_head(self) -> ArrayRef:
        """Type and count of an array; the position is then at its first item."""
        type_id = self.uint32()
        count = self.uint64()
        if type_id == _ARRAY:
            raise self.fail("it nests arrays in arrays")
        if type_id != _STRING and type_id not in _NUMBERS:
            raise self.fail(f"it uses a value type that does not exist ({type_id})")
        item_bytes = _LENGTH.size if type_id == _STRING else _NUMBERS[type_id][1].size
        if count > self.remaining // item_bytes:
            raise self.fail(f"an array claims {count:,} items, more than the file can hold")
        name = "string" if type_id == _STRING else _NUMBERS[type_id][0]
        return ArrayRef(name, count, self.position, type_id)

    def array(self) -> Value:
        head = self.array_head()
        if head.count <= _SHORT_ARRAY:
            return self.items(head, head.count)
        if head.type_id == _STRING:
            self._walk_strings(head.count)
        else:
            self.skip(head.count * _NUMBERS[head.type_id][1].size)
        return head

    def items(self, head: ArrayRef, limit: int) -> tuple[Scalar, ...]:
        """The first `limit` items of an array, read from its place in the file."""
        self.position = head.offset
        return tuple(self.scalar(head.type_id) for _ in range(min(limit, head.count)))

    def _walk_strings(self, count: int) -> None:
        """Strings have no index, so each length must be read to find the next one."""
        self._walked += count
        if self._walked > _MAX_WALKED_STRINGS:
            raise self.fail(f"an array claims {count:,} texts")
        data, position, length_at = self._data, self.position, _LENGTH.unpack_from
        try:
            for _ in range(count):
                position += 8 + length_at(data, position)[0]
        except (struct.error, OverflowError) as error:
            raise self.fail("an array of texts runs past the end of the file") from error
        if position > self._size:
            raise self.fail("an array of texts runs past the end of the file")
        self.position = position
