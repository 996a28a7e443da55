"""Writes small GGUF files for tests, sound or broken, byte by byte as the format says."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

U32, F32, BOOL, STRING, ARRAY, U64 = 4, 6, 7, 8, 9, 10

LLAMA = {
    "general.architecture": "llama",
    "general.name": "Tiny Llama",
    "general.license": "apache-2.0",
    "llama.block_count": 2,
    "llama.context_length": 2048,
    "llama.embedding_length": 64,
    "llama.feed_forward_length": 128,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
}
AFTER_TOKENS = {"tokenizer.chat_template": "{{ messages }}", "general.file_type": 7}


@dataclass(frozen=True)
class Weights:
    """A tensor to write: `type_id` and bytes as in ggml; Q8_0 (8) has 34 bytes for 32 weights."""

    name: str = "blk.0.attn_q.weight"
    shape: tuple[int, ...] = (64, 64)
    type_id: int = 8
    n_bytes: int = 64 * 64 // 32 * 34


def text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def typed(value: Any) -> bytes:
    """A value with its type number, as it stands behind a key."""
    if isinstance(value, bool):
        return struct.pack("<I?", BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", U32, value)
    if isinstance(value, float):
        return struct.pack("<If", F32, value)
    if isinstance(value, str):
        return struct.pack("<I", STRING) + text(value)
    if isinstance(value, bytes):  # already typed
        return value
    items = [typed(item) for item in value]
    item_type = items[0][:4] if items else struct.pack("<I", U32)
    return (
        struct.pack("<I", ARRAY)
        + item_type
        + struct.pack("<Q", len(items))
        + b"".join(item[4:] for item in items)
    )


def tokens(n_vocab: int = 40, n_merges: int = 60) -> dict[str, Sequence[str]]:
    return {
        "tokenizer.ggml.tokens": [f"tok{i}" for i in range(n_vocab)],
        "tokenizer.ggml.merges": [f"a{i} b{i}" for i in range(n_merges)],
    }


def gguf_bytes(
    metadata: Mapping[str, Any] | None = None,
    weights: Sequence[Weights] = (Weights(),),
    *,
    version: int = 3,
    n_keys: int | None = None,
    n_tensors: int | None = None,
) -> bytes:
    """A whole file; `n_keys` and `n_tensors` may lie."""
    metadata = {**LLAMA, **tokens(), **AFTER_TOKENS} if metadata is None else metadata
    out = b"GGUF" + struct.pack(
        "<IQQ",
        version,
        len(weights) if n_tensors is None else n_tensors,
        len(metadata) if n_keys is None else n_keys,
    )
    out += b"".join(text(key) + typed(value) for key, value in metadata.items())
    offset = 0
    for tensor in weights:
        out += text(tensor.name) + struct.pack("<I", len(tensor.shape))
        out += struct.pack(f"<{len(tensor.shape)}Q", *tensor.shape)
        out += struct.pack("<IQ", tensor.type_id, offset)
        offset += -(-tensor.n_bytes // 32) * 32
    out += bytes(-len(out) % 32)
    for tensor in weights:
        out += bytes(i * 37 % 251 for i in range(tensor.n_bytes)) + bytes(-tensor.n_bytes % 32)
    return out


def write_gguf(path: Path, metadata: Mapping[str, Any] | None = None, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes(metadata, **options))
    return path
