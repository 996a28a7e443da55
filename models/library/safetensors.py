"""Headers of safetensors files: eight bytes of length, then JSON, then the weights.

Source: https://huggingface.co/docs/safetensors (format).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import UserError

_MAX_HEADER_BYTES = 100_000_000  # the limit of the format itself


@dataclass(frozen=True)
class StoredArray:
    """`dtype` as the format spells it: "F16", "BF16", "U32"."""

    dtype: str
    shape: tuple[int, ...]
    size_bytes: int


@dataclass(frozen=True)
class SafetensorsHeader:
    arrays: Mapping[str, StoredArray]
    note: Mapping[str, str]


def read_header(path: Path) -> SafetensorsHeader:
    """Raises UserError for a file that is damaged, incomplete or cannot be read."""
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(_MAX_HEADER_BYTES, size_bytes - 8):
                raise ValueError("the header is longer than the file")
            data = json.loads(file.read(length))
        note = data.pop("__metadata__", {})
        arrays = {name: _array(item) for name, item in data.items()}
        end = max((item["data_offsets"][1] for item in data.values()), default=0)
    except OSError as error:
        raise UserError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError,
            struct.error) as error:  # fmt: skip
        raise UserError(
            f"{path.name} is damaged: its header cannot be read.", "Download or copy it again."
        ) from error
    if (missing := 8 + length + end - size_bytes) > 0:
        raise UserError(
            f"{path.name} is incomplete: {missing / 1e6:,.1f} MB of its weights are missing.",
            "Download or copy it again.",
        )
    return SafetensorsHeader(arrays, note if isinstance(note, dict) else {})


def _array(item: Any) -> StoredArray:
    begin, end = item["data_offsets"]
    shape = tuple(item["shape"])
    if not (0 <= begin <= end) or any(not isinstance(n, int) or n < 0 for n in shape):
        raise ValueError("an array lies outside the file")
    return StoredArray(str(item["dtype"]), shape, end - begin)
