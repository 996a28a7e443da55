"""A tiny random GGUF file of every kind that can be converted to MLX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import gguf
import numpy as np

from models.convert.kinds import llama3_factors
from models.convert.source import Source
from tests.servers.mlx_model import LETTER

WIDTH, HEADS, KV_HEADS, HEAD, INNER, WINDOW = 64, 4, 2, 16, 96, 24
# Joined only where the rules that cut text let them meet.
MERGES = ["1 2", "12 3", "Ġ 1", "Ġ Ġ", "Ċ Ċ", "t h", "th e", "Ġ the", "Ġ t", "' t", "n '", "D E",
          "DE F", "! !", "! Ċ"]  # fmt: skip
PIECES = ("▁", "th", "he", "the", "▁the", "▁t", "in", "ing", "thing", "▁thing", "ot", "other")


class TinyKind:
    def __init__(self, path: Path, architecture: str, layers: int = 2) -> None:
        self.path = path
        self.writer = gguf.GGUFWriter(path, architecture)
        self._random = np.random.default_rng(1)
        self.layers = layers
        for add, value in (
            (self.writer.add_context_length, 512), (self.writer.add_embedding_length, WIDTH),
            (self.writer.add_block_count, layers), (self.writer.add_feed_forward_length, INNER),
            (self.writer.add_head_count, HEADS), (self.writer.add_head_count_kv, KV_HEADS),
            (self.writer.add_key_length, HEAD), (self.writer.add_value_length, HEAD),
            (self.writer.add_rope_dimension_count, HEAD),
            (self.writer.add_layer_norm_rms_eps, 1e-5), (self.writer.add_rope_freq_base, 5000.0),
        ):  # fmt: skip
            add(value)

    def byte_level(self, pre: str) -> None:
        joined = ["".join(merge.split()) for merge in MERGES]
        self._tokens("gpt2", ["<s>", "<|im_end|>", *LETTER.values(), *joined], (3, 3))
        self.writer.add_tokenizer_pre(pre)
        self.writer.add_token_merges(MERGES)

    def sentence_piece(self) -> None:
        letters = [chr(code) for code in range(33, 127)]
        tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
        self._tokens("llama", [*tokens, *letters, *PIECES], (2, 3, 3, *[6] * 256))
        n_pieces = len(letters) + len(PIECES)
        self.writer.add_token_scores([0.0] * 259 + [-float(i) for i in range(n_pieces)])
        self.writer.add_bos_token_id(1)
        self.writer.add_eos_token_id(2)

    def _tokens(self, model: str, tokens: Sequence[str], types: Sequence[int]) -> None:
        self.writer.add_tokenizer_model(model)
        self.writer.add_token_list(tokens)
        self.writer.add_token_types([*types, *[1] * (len(tokens) - len(types))])
        if model == "gpt2":
            self.writer.add_bos_token_id(0)
            self.writer.add_eos_token_id(1)
        self.weight("token_embd.weight", len(tokens), WIDTH)

    def weight(self, name: str, *shape: int) -> None:
        values = self._random.standard_normal(shape) / np.sqrt(shape[-1])
        self.writer.add_tensor(name, values.astype(np.float32))

    def norm(self, name: str, width: int = WIDTH) -> None:
        values = 1 + 0.3 * self._random.standard_normal(width)
        self.writer.add_tensor(f"{name}.weight", values.astype(np.float32))

    def blocks(self, *norms: str, biases: bool = False, head_norms: bool = False) -> None:
        self.norm("output_norm")
        for block in range(self.layers):
            at = f"blk.{block}"
            for norm in norms:
                self.norm(f"{at}.{norm}")
            for part, heads in (("q", HEADS), ("k", KV_HEADS), ("v", KV_HEADS)):
                self.weight(f"{at}.attn_{part}.weight", heads * HEAD, WIDTH)
                if biases:
                    self.weight(f"{at}.attn_{part}.bias", heads * HEAD)
                if head_norms and part != "v":
                    self.norm(f"{at}.attn_{part}_norm", HEAD)
            self.weight(f"{at}.attn_output.weight", WIDTH, HEADS * HEAD)
            self.weight(f"{at}.ffn_gate.weight", INNER, WIDTH)
            self.weight(f"{at}.ffn_up.weight", INNER, WIDTH)
            self.weight(f"{at}.ffn_down.weight", WIDTH, INNER)

    def write(self) -> Path:
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()
        return self.path


def llama(path: Path, pre: str = "smollm") -> Path:
    tiny = TinyKind(path, "llama")
    tiny.byte_level(pre)
    tiny.blocks("attn_norm", "ffn_norm")
    return tiny.write()


def llama_stretched(path: Path) -> Path:
    """As Llama 3.1: positions stretched by factors, an output of its own, pieces by score."""
    plain = TinyKind(path, "llama")
    plain.sentence_piece()
    factors = llama3_factors(Source([plain.write()]), 8.0)
    tiny = TinyKind(path, "llama")
    tiny.sentence_piece()
    tiny.writer.add_tensor("rope_freqs.weight", factors)
    tiny.weight("output.weight", 259 + 94 + len(PIECES), WIDTH)
    tiny.blocks("attn_norm", "ffn_norm")
    return tiny.write()


def qwen2(path: Path) -> Path:
    tiny = TinyKind(path, "qwen2")
    tiny.byte_level("qwen2")
    tiny.blocks("attn_norm", "ffn_norm", biases=True)
    return tiny.write()


def qwen3(path: Path) -> Path:
    tiny = TinyKind(path, "qwen3")
    tiny.byte_level("llama-bpe")
    tiny.blocks("attn_norm", "ffn_norm", head_norms=True)
    return tiny.write()


def gemma3(path: Path) -> Path:
    """Six layers, of which the last sees everything and the others a window."""
    tiny = TinyKind(path, "gemma3", layers=6)
    tiny.writer.add_sliding_window(WINDOW)
    tiny.sentence_piece()
    norms = ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
    tiny.blocks(*norms, head_norms=True)
    return tiny.write()


KINDS: dict[str, Callable[[Path], Path]] = {
    "llama": llama, "llama stretched": llama_stretched, "qwen2": qwen2, "qwen3": qwen3,
    "gemma3": gemma3,
}  # fmt: skip
