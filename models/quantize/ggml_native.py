"""ggml's own quantizing and reading out, through the library that llama.cpp brings. Only for
processes of its own: native code may abort on damaged numbers."""

from __future__ import annotations

import ctypes
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]

F32 = 0


class _Traits(ctypes.Structure):
    """`struct ggml_type_traits` (ggml.h)."""

    _fields_ = (
        ("type_name", ctypes.c_char_p),
        ("blck_size", ctypes.c_int64),
        ("blck_size_interleave", ctypes.c_int64),
        ("type_size", ctypes.c_size_t),
        ("is_quantized", ctypes.c_bool),
        ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)),
        ("from_float_ref", ctypes.c_void_p),
    )


class Ggml:
    @cached_property
    def _library(self) -> Any:
        from llama_cpp._ggml import libggml

        libggml.ggml_get_type_traits.restype = ctypes.POINTER(_Traits)
        libggml.ggml_get_type_traits.argtypes = [ctypes.c_int]
        libggml.ggml_quantize_chunk.restype = ctypes.c_size_t
        libggml.ggml_quantize_chunk.argtypes = [
            ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64,
            ctypes.c_int64, ctypes.c_void_p,
        ]  # fmt: skip
        return libggml

    def _traits(self, type_id: int) -> _Traits:
        return self._library.ggml_get_type_traits(type_id).contents

    def size_bytes(self, type_id: int, n_weights: int) -> int:
        traits = self._traits(type_id)
        return int(n_weights // traits.blck_size * traits.type_size)

    def can_read(self, type_id: int) -> bool:
        return type_id == F32 or bool(self._traits(type_id).to_float)

    def read(self, type_id: int, data: Bytes) -> Floats:
        """What the bytes stand for: `to_float` of the type."""
        if type_id == F32:
            return np.frombuffer(data.tobytes(), dtype=np.float32)
        traits = self._traits(type_id)
        count = len(data) // traits.type_size * traits.blck_size
        values = np.empty(count, dtype=np.float32)
        traits.to_float(data.ctypes.data, values.ctypes.data, count)
        return values

    def quantize(self, type_id: int, values: Floats, columns: int) -> Bytes:
        """`ggml_quantize_chunk` of whole rows, without an importance matrix."""
        rows = len(values) // columns
        data = np.empty(self.size_bytes(type_id, len(values)), dtype=np.uint8)
        values = np.ascontiguousarray(values, dtype=np.float32)
        self._library.ggml_quantize_chunk(
            type_id, values.ctypes.data, data.ctypes.data, 0, rows, columns, None
        )
        return data
