"""MLX folders that the tests write themselves: one of random weights, one that knows one text.

Both are of the llama architecture with a small byte-level tokenizer and a ChatML template.
"""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.engine import mlx_library

# GPT-2's letters for bytes: the printable ones as they are, the others from 256 on
PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
OTHERS = [byte for byte in range(256) if byte not in PRINTABLE]
LETTER = {byte: chr(byte) for byte in PRINTABLE} | {b: chr(256 + n) for n, b in enumerate(OTHERS)}
MERGES = [("Y", "e"), ("Ye", "s"), ("N", "o"), ("Ġ", "No"), ("t", "h"), ("th", "e"), ("Ġ", "the")]
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
N_VOCAB = 320  # with room behind the tokenizer's own, as real models have
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

NAMES = {"float32": "F32", "float16": "F16", "uint32": "U32"}  # of types in safetensors
must_run = mlx_library.RUNS_HERE and bool(os.environ.get("CI"))
needs_mlx = pytest.mark.skipif(
    not mlx_library.is_installed() and not must_run, reason="MLX is not installed here."
)


def vocabulary() -> dict[str, int]:
    words = [*CONTROL, *(LETTER[byte] for byte in range(256)), *("".join(m) for m in MERGES)]
    return {word: place for place, word in enumerate(words)}


def random_model(folder: Path, seed: int = 0, **config: Any) -> Path:
    """Greedy replies go on for ever, in plain letters; `config` goes on top of config.json."""
    width, n_heads, n_kv, inner, layers = 64, 4, 2, 96, 2
    random = np.random.default_rng(seed)
    head = width // n_heads
    arrays: dict[str, np.ndarray[Any, Any]] = {}

    def weight(name: str, rows: int, columns: int) -> None:
        values = random.standard_normal((rows, columns)) / np.sqrt(columns)
        arrays[name] = values.astype(np.float32)

    weight("model.embed_tokens.weight", N_VOCAB, width)
    arrays["model.embed_tokens.weight"] *= np.sqrt(width)
    for layer in range(layers):
        at = f"model.layers.{layer}"
        for part, rows in (("q", n_heads), ("k", n_kv), ("v", n_kv)):
            weight(f"{at}.self_attn.{part}_proj.weight", rows * head, width)
        weight(f"{at}.self_attn.o_proj.weight", width, n_heads * head)
        weight(f"{at}.mlp.gate_proj.weight", inner, width)
        weight(f"{at}.mlp.up_proj.weight", inner, width)
        weight(f"{at}.mlp.down_proj.weight", width, inner)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            arrays[f"{at}.{norm}.weight"] = np.ones(width, np.float32)
    arrays["model.norm.weight"] = np.ones(width, np.float32)
    weight("lm_head.weight", N_VOCAB, width)
    plain = [vocabulary()[LETTER[byte]] for byte in range(32, 127)]
    quiet = [i for i in range(N_VOCAB) if i not in plain]
    arrays["lm_head.weight"][plain] *= 3
    arrays["lm_head.weight"][quiet] = 0
    sizes = {"num_hidden_layers": layers, "hidden_size": width, "intermediate_size": inner,
             "num_attention_heads": n_heads, "num_key_value_heads": n_kv}  # fmt: skip
    return _write(folder, arrays, {**sizes, **config})


def parrot(folder: Path, text: str) -> Path:
    """Answers with `text`, one byte a token, and ends; no byte may stand in it twice.

    Its layers add nothing, so the next token follows from the last one alone.
    """
    ids = vocabulary()
    said = [ids[LETTER[byte]] for byte in text.encode()]
    assert len(set(said)) == len(said) and ids[LETTER[10]] not in said
    follows = dict(zip([ids[LETTER[10]], *said], [*said, ids["<|im_end|>"]], strict=True))
    head = np.zeros((N_VOCAB, N_VOCAB), np.float32)
    for before, after in follows.items():
        head[after, before] = 4
    at, zeros = "model.layers.0", np.zeros((N_VOCAB, N_VOCAB), np.float32)
    arrays = {
        "model.embed_tokens.weight": np.eye(N_VOCAB, dtype=np.float32),
        "model.norm.weight": np.ones(N_VOCAB, np.float32),
        "lm_head.weight": head,
    }
    attention = [f"self_attn.{part}_proj" for part in "qkvo"]
    for name in (*attention, "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"):
        arrays[f"{at}.{name}.weight"] = zeros
    for norm in ("input_layernorm", "post_attention_layernorm"):
        arrays[f"{at}.{norm}.weight"] = np.ones(N_VOCAB, np.float32)
    sizes = {"num_hidden_layers": 1, "hidden_size": N_VOCAB, "intermediate_size": N_VOCAB,
             "num_attention_heads": 4, "num_key_value_heads": 4}  # fmt: skip
    return _write(folder, arrays, sizes)


def _write(folder: Path, arrays: dict[str, np.ndarray[Any, Any]], sizes: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_type": "llama", "vocab_size": N_VOCAB, "rms_norm_eps": 1e-5,
              "max_position_embeddings": 2048, "rope_theta": 10000.0, "tie_word_embeddings": False,
              "eos_token_id": 2, **sizes}  # fmt: skip
    settings = {"eos_token": "<|im_end|>", "chat_template": TEMPLATE}
    for name, content in (("config", config), ("tokenizer", _tokenizer()),
                          ("tokenizer_config", settings)):  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    save_weights(folder / "model.safetensors", arrays)
    return folder


def _tokenizer() -> dict[str, Any]:
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
             "use_regex": True}  # fmt: skip
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [{"id": i, "content": c, "special": True, **flags} for i, c in enumerate(CONTROL)]
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
             "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
             "vocab": vocabulary(), "merges": [list(pair) for pair in MERGES]}  # fmt: skip
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
            "normalizer": None, "pre_tokenizer": level, "post_processor": None, "decoder": level,
            "model": model}  # fmt: skip


def save_weights(path: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    """A safetensors file as MLX writes it."""
    header: dict[str, Any] = {"__metadata__": {"format": "mlx"}}
    end = 0
    for name, array in arrays.items():
        start, end = end, end + array.nbytes
        header[name] = {"dtype": NAMES[str(array.dtype)], "shape": array.shape,
                        "data_offsets": [start, end]}  # fmt: skip
    text = json.dumps(header).encode()
    data = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
