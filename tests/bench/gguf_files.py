"""Synthetic GGUF files with a vocabulary of 128,000 tokens, as large models have."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

TOKENS = 128_000
MERGES = 280_000


def large_vocabulary(path: Path) -> Path:
    """Write one file, unless it is there; about 9 MB, nearly all of it header."""
    if path.exists():
        return path
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("A model with a large vocabulary")
    writer.add_context_length(131_072)
    writer.add_embedding_length(4096)
    writer.add_block_count(32)
    writer.add_head_count(32)
    writer.add_head_count_kv(8)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"token{i}" for i in range(TOKENS)])
    writer.add_token_types([1] * TOKENS)
    writer.add_token_merges([f"to{i % 977} ken{i}" for i in range(MERGES)])
    writer.add_chat_template("{% for m in messages %}{{ m.content }}{% endfor %}")
    writer.add_file_type(1)
    for block in range(32):
        writer.add_tensor(f"blk.{block}.attn_q.weight", np.zeros((32, 32), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def many(folder: Path, count: int) -> Path:
    """A folder with `count` such files; ten real ones, the others hard links to them."""
    models = folder / f"models-{count}"
    if models.exists():
        return models
    fresh = folder / "unfinished"
    fresh.mkdir(parents=True, exist_ok=True)
    originals = [large_vocabulary(folder / f"original-{i}.gguf") for i in range(10)]
    for number in range(count):
        (fresh / f"model-{number:04}.gguf").hardlink_to(originals[number % 10])
    return fresh.rename(models)
