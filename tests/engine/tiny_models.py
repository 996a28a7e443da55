"""Models of random weights with other caches than the starter's: a window, and a state."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

WIDTH, BLOCKS, WINDOW = 64, 2, 32
# GPT-2's characters for bytes: the printable ones as they are, the others from 256 on
PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
BYTES = [chr(b) for b in PRINTABLE] + [chr(256 + n) for n in range(256 - len(PRINTABLE))]


class _Tiny:
    def __init__(self, path: Path, architecture: str) -> None:
        self.writer = gguf.GGUFWriter(path, architecture)
        self._random = np.random.default_rng(0)
        self.writer.add_context_length(2048)
        self.writer.add_embedding_length(WIDTH)
        self.writer.add_block_count(BLOCKS)
        self.writer.add_layer_norm_rms_eps(1e-6)
        self._add_vocabulary()
        self.weight("token_embd", 258, WIDTH)
        self.constant("output_norm.weight", 1, WIDTH)

    def _add_vocabulary(self) -> None:
        """A token for each byte, a beginning and an end."""
        self.writer.add_tokenizer_model("gpt2")
        self.writer.add_tokenizer_pre("default")
        self.writer.add_token_list(["<s>", "</s>", *BYTES])
        self.writer.add_token_types([3, 3] + [1] * len(BYTES))
        self.writer.add_token_merges(["zz zz"])
        self.writer.add_bos_token_id(0)
        self.writer.add_eos_token_id(1)

    def weight(self, name: str, rows: int, columns: int) -> None:
        values = self._random.standard_normal((rows, columns)) / np.sqrt(columns)
        self.writer.add_tensor(f"{name}.weight", values.astype(np.float32))

    def constant(self, name: str, value: float, *shape: int) -> None:
        self.writer.add_tensor(name, np.full(shape, value, np.float32))

    def write(self) -> None:
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()


def sliding_window(path: Path) -> Path:
    """Gemma 3's architecture: most of its layers see the last 32 tokens only."""
    tiny, heads, head, inner = _Tiny(path, "gemma3"), 2, 32, 128
    tiny.writer.add_feed_forward_length(inner)
    tiny.writer.add_head_count(heads)
    tiny.writer.add_head_count_kv(heads)
    tiny.writer.add_key_length(head)
    tiny.writer.add_value_length(head)
    tiny.writer.add_sliding_window(WINDOW)
    tiny.writer.add_rope_freq_base(10_000.0)
    for block in range(BLOCKS):
        for norm in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            tiny.constant(f"blk.{block}.{norm}.weight", 1, WIDTH)
        for norm in ("attn_q_norm", "attn_k_norm"):
            tiny.constant(f"blk.{block}.{norm}.weight", 1, head)
        for part in ("attn_q", "attn_k", "attn_v"):
            tiny.weight(f"blk.{block}.{part}", heads * head, WIDTH)
        tiny.weight(f"blk.{block}.attn_output", WIDTH, heads * head)
        tiny.weight(f"blk.{block}.ffn_gate", inner, WIDTH)
        tiny.weight(f"blk.{block}.ffn_up", inner, WIDTH)
        tiny.weight(f"blk.{block}.ffn_down", WIDTH, inner)
    tiny.write()
    return path


def recurrent(path: Path) -> Path:
    """Mamba's architecture: a state instead of a cache, which cannot go back at all."""
    tiny, inner, state, kernel, rank = _Tiny(path, "mamba"), 128, 16, 4, 8
    tiny.writer.add_feed_forward_length(0)
    tiny.writer.add_head_count(0)
    tiny.writer.add_ssm_conv_kernel(kernel)
    tiny.writer.add_ssm_inner_size(inner)
    tiny.writer.add_ssm_state_size(state)
    tiny.writer.add_ssm_time_step_rank(rank)
    for block in range(BLOCKS):
        at = f"blk.{block}"
        tiny.constant(f"{at}.attn_norm.weight", 1, WIDTH)
        tiny.weight(f"{at}.ssm_in", 2 * inner, WIDTH)
        tiny.weight(f"{at}.ssm_conv1d", inner, kernel)
        tiny.constant(f"{at}.ssm_conv1d.bias", 0, inner)
        tiny.weight(f"{at}.ssm_x", rank + 2 * state, inner)
        tiny.weight(f"{at}.ssm_dt", inner, rank)
        tiny.constant(f"{at}.ssm_dt.bias", -3, inner)
        tiny.constant(f"{at}.ssm_a", -1, inner, state)
        tiny.constant(f"{at}.ssm_d", 1, inner)
        tiny.weight(f"{at}.ssm_out", WIDTH, inner)
    tiny.write()
    return path
