"""The sizes that decide how much memory an MLX model needs, read from its config.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.library.dimensions import Dimensions

_MOST = 1 << 40
_TAKEN_APART = ("deepseek_v2", "minicpm3")  # latent attention whose cache holds every head
# Models whose config has only the window: mlx-lm keeps one full layer in every N.
_FULL_LAYER_EVERY = {"gemma3_text": 6, "gemma3": 6, "cohere2": 4}


def read_dimensions(config: Mapping[str, Any]) -> Dimensions | None:
    """None where the main sizes are missing; of a model with pictures they stand one level down."""
    inner = config.get("text_config")
    sizes = {**config, **inner} if isinstance(inner, dict) else config
    n_layers, n_embd = _number(sizes, "num_hidden_layers"), _number(sizes, "hidden_size")
    n_heads = _number(sizes, "num_attention_heads")
    if not (0 < n_layers < 10_000 and n_embd and n_heads):
        return None
    n_kv_heads, key_length, value_length = _cached(sizes, n_heads, n_embd)
    return Dimensions(
        n_layers=n_layers,
        n_embd=n_embd,
        n_ff=_number(sizes, "intermediate_size"),
        n_vocab=_number(sizes, "vocab_size"),
        n_heads=n_heads,
        kv_heads=_kv_heads(sizes, n_layers, n_kv_heads),
        windows=_windows(sizes, n_layers),
        key_length=key_length,
        value_length=value_length,
        n_ctx_train=_number(sizes, "max_position_embeddings"),
    )


def _cached(sizes: Mapping[str, Any], n_heads: int, n_embd: int) -> tuple[int, int, int]:
    """Heads in the cache, and the values of one key and one value. Of latent attention (DeepSeek
    and its kin) one vector a token holds both, but where mlx-lm takes it apart before."""
    rank, turned = _number(sizes, "kv_lora_rank"), _number(sizes, "qk_rope_head_dim")
    if not rank:
        length = _number(sizes, "head_dim") or n_embd // n_heads
        return _number(sizes, "num_key_value_heads") or n_heads, length, length
    if sizes.get("model_type") in _TAKEN_APART:
        return n_heads, _number(sizes, "qk_nope_head_dim") + turned, _number(sizes, "v_head_dim")
    return 1, rank + turned, 0


def _kv_heads(sizes: Mapping[str, Any], n_layers: int, n_kv_heads: int) -> tuple[int, ...]:
    """Hybrid models keep attention in some layers only."""
    types = _layer_types(sizes, n_layers)
    if types:
        return tuple(n_kv_heads if "attention" in t and "linear" not in t else 0 for t in types)
    interval = _number(sizes, "full_attention_interval")
    if interval < 2:
        return (n_kv_heads,) * n_layers
    return tuple(n_kv_heads if (i + 1) % interval == 0 else 0 for i in range(n_layers))


def _windows(sizes: Mapping[str, Any], n_layers: int) -> tuple[int, ...]:
    """A window counts where mlx-lm keeps only the window: where layers are told apart."""
    window = _number(sizes, "sliding_window")
    if types := _layer_types(sizes, n_layers):
        return tuple(window if t == "sliding_attention" else 0 for t in types)
    every = _FULL_LAYER_EVERY.get(str(sizes.get("model_type", "")), 0)
    every = (_number(sizes, "sliding_window_pattern") or every) if every else 0
    return tuple(window if every and (i + 1) % every else 0 for i in range(n_layers))


def _layer_types(sizes: Mapping[str, Any], n_layers: int) -> tuple[str, ...]:
    types = sizes.get("layer_types")
    if not isinstance(types, list) or len(types) != n_layers:
        return ()
    return tuple(str(each) for each in types)


def _number(sizes: Mapping[str, Any], key: str) -> int:
    value = sizes.get(key)
    return value if isinstance(value, int) and 0 < value < _MOST else 0
