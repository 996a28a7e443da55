"""Synthetic GGUF files with a vocabulary of 128,000 tokens, as large models have."""

from __future__ import annotations

import os
from pathlib import Path

import gguf
import numpy as np

TOKENS = 128_000
MERGES = 280_000


def write(path: Path, n_tokens: int = TOKENS, n_merges: int = MERGES) -> Path:
    """Write one file, unless it is there; 9 MB with the usual counts, nearly all of it header."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("A model with a large vocabulary")
    writer.add_context_length(131_072)
    writer.add_embedding_length(4096)
    writer.add_block_count(32)
    writer.add_head_count(32)
    writer.add_head_count_kv(8)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"token{i}" for i in range(n_tokens)])
    writer.add_token_types([1] * n_tokens)
    writer.add_token_merges([f"to{i % 977} ken{i}" for i in range(n_merges)])
    writer.add_chat_template("{% for m in messages %}{{ m.content }}{% endfor %}")
    writer.add_file_type(1)
    for block in range(32):
        writer.add_tensor(f"blk.{block}.attn_q.weight", np.zeros((32, 32), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def copies(original: Path, folder: Path, count: int, kept_bytes: int | None = None) -> Path:
    """A folder with `count` copies, no two of one size.

    With `kept_bytes` only the beginning is copied and the rest is a hole: enough for a list row,
    and 1,000 files of 9 MB take no disk.
    """
    if folder.exists():
        return folder
    unfinished = folder.with_name(folder.name + "-unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    content = original.read_bytes()
    for number in range(count):
        path = unfinished / f"model-{number:04}.gguf"
        path.write_bytes(content[:kept_bytes])
        with path.open("r+b") as file:
            file.truncate(len(content) + number)
    if hasattr(os, "sync"):
        os.sync()  # or the next measure waits for these files to reach the disk
    return unfinished.rename(folder)
