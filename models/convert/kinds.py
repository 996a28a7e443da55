"""The kinds of models that can be converted: their names, sizes and peculiarities on both sides.

Sources: llama.cpp's convert_hf_to_gguf.py and src/llama-model.cpp; mlx_lm/models.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.convert.source import Floats, Source
from models.errors import UserError

_TOP = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
_BLOCK = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_GEMMA_BLOCK = {
    **_BLOCK,
    "ffn_norm": "pre_feedforward_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}
ROPE_FACTORS = "rope_freqs.weight"  # told by the config instead
_LAYERS_OF_GEMMA_27B = 62  # the only one whose attention is not scaled by the width of a head


@dataclass(frozen=True)
class Kind:
    """`own_config` adds to the common config; `change` turns a tensor into what MLX expects.
    `needs_bfloat`: activations overflow in float16."""

    model_type: str
    block: Mapping[str, str] = field(default_factory=lambda: _BLOCK)
    own_config: Callable[[Source], dict[str, Any]] = lambda source: {}
    change: Callable[[Source, str, Floats], Floats] = lambda source, name, values: values
    needs_bfloat: bool = True

    def target_name(self, name: str) -> str:
        """The name of a tensor in the MLX folder. Raises UserError for one that is not known."""
        base, _, suffix = name.rpartition(".")
        found = re.fullmatch(r"blk\.(\d+)\.(\w+)", base)
        if found and found[2] in self.block:
            return f"model.layers.{found[1]}.{self.block[found[2]]}.{suffix}"
        if base in _TOP:
            return f"{_TOP[base]}.{suffix}"
        raise UserError(
            f"This model has a part that cannot be converted ({name[:80]}).",
            "Look for an MLX folder of the same model.",
        )


def kind_of(source: Source) -> Kind:
    """Raises UserError for a kind that cannot be converted."""
    kind = KINDS.get(source.architecture)
    if kind is None or source.value(f"{source.architecture}.expert_count", 0):
        what = source.architecture[:40] or "unknown"
        what += " with experts" if kind else ""
        raise UserError(
            f"Models of the kind “{what}” cannot be converted.",
            f"Kinds that can: {', '.join(KINDS)}. Look for an MLX folder of the same model.",
        )
    return kind


def config_of(source: Source, kind: Kind) -> dict[str, Any]:
    """config.json without what the tokenizer adds."""
    n_heads = source.own("attention.head_count")
    n_embd = source.own("embedding_length")
    return {
        "model_type": kind.model_type,
        "hidden_size": n_embd,
        "num_hidden_layers": source.own("block_count"),
        "intermediate_size": source.own("feed_forward_length"),
        "num_attention_heads": n_heads,
        "num_key_value_heads": source.own("attention.head_count_kv", n_heads),
        "head_dim": source.own("attention.key_length", n_embd // n_heads),
        "rms_norm_eps": source.own("attention.layer_norm_rms_epsilon"),
        "rope_theta": source.own("rope.freq_base", 10000.0),
        "rope_scaling": _rope_scaling(source),
        "max_position_embeddings": source.own("context_length"),
        "vocab_size": source.shapes["token_embd.weight"][0],
        "tie_word_embeddings": "output.weight" not in source.shapes,
        **kind.own_config(source),
    }


# ---- positions -----------------------------------------------------------------------------


def _rope_scaling(source: Source) -> dict[str, Any] | None:
    if ROPE_FACTORS in source.shapes:
        return _llama3_scaling(source)
    kind = source.own("rope.scaling.type", "none")
    if kind == "none":
        return None
    if kind == "linear":
        return {"type": "linear", "factor": source.own("rope.scaling.factor")}
    raise UserError(
        f"This model stretches positions in a way that cannot be converted ({str(kind)[:40]}).",
        "Look for an MLX folder of the same model.",
    )


def _llama3_scaling(source: Source) -> dict[str, Any]:
    """The file has the factors; they must be those that Llama 3.1's rule gives."""
    factors = source.tensor(ROPE_FACTORS)
    factor = float(factors.max())
    if not np.allclose(factors, llama3_factors(source, factor), rtol=1e-3):
        raise UserError(
            "This model stretches positions in a way that cannot be converted.",
            "Look for an MLX folder of the same model.",
        )
    return {"rope_type": "llama3", "factor": factor, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}  # fmt: skip


def llama3_factors(source: Source, factor: float) -> Floats:
    """Source: convert_hf_to_gguf.py, `generate_extra_tensors` of LlamaModel."""
    usual = source.own("embedding_length") // source.own("attention.head_count")
    width = source.own("rope.dimension_count", usual)
    base = source.own("rope.freq_base", 10000.0)
    wavelengths = 2 * np.pi * base ** (np.arange(0, width, 2) / width)
    smooth = (8192 / wavelengths - 1) / 3
    medium = 1 / ((1 - smooth) / factor + smooth)
    medium = np.where(wavelengths > 8192, factor, medium)
    return np.where(wavelengths < 8192 / 4, 1.0, medium).astype(np.float32)


# ---- kinds ---------------------------------------------------------------------------------


def _llama_config(source: Source) -> dict[str, Any]:
    return {"attention_bias": "blk.0.attn_q.bias" in source.shapes,
            "mlp_bias": "blk.0.ffn_up.bias" in source.shapes}  # fmt: skip


def _llama_change(source: Source, name: str, values: Floats) -> Floats:
    """llama.cpp turns neighbouring values of a head together, MLX the two halves."""
    if not re.fullmatch(r"blk\.\d+\.attn_[qk]\.(weight|bias)", name):
        return values
    n_heads = source.own("attention.head_count")
    if ".attn_k." in name:
        n_heads = source.own("attention.head_count_kv", n_heads)
    pairs = values.reshape(n_heads, -1, 2, *values.shape[1:])
    return pairs.swapaxes(1, 2).reshape(values.shape)


def _gemma_config(source: Source) -> dict[str, Any]:
    heads, layers = source.own("attention.head_count"), source.own("block_count")
    scaled_by = source.own("attention.key_length")
    if layers == _LAYERS_OF_GEMMA_27B:
        scaled_by = source.own("embedding_length") // heads
    return {
        "query_pre_attn_scalar": scaled_by,
        "sliding_window": source.own("attention.sliding_window"),
        "sliding_window_pattern": source.own("attention.sliding_window_pattern", 6),
        "rope_theta": source.own("rope.freq_base", 1e6),
        "rope_local_base_freq": source.own("rope.freq_base_swa", 10000.0),
        "tie_word_embeddings": True,
    }


def _gemma_change(source: Source, name: str, values: Floats) -> Floats:
    """llama.cpp has added the 1 that MLX adds itself."""
    return values - 1 if name.endswith("norm.weight") else values


KINDS = {
    "llama": Kind("llama", own_config=_llama_config, change=_llama_change, needs_bfloat=False),
    "qwen2": Kind("qwen2"),
    "qwen3": Kind("qwen3"),
    "gemma3": Kind("gemma3_text", _GEMMA_BLOCK, _gemma_config, _gemma_change),
}
