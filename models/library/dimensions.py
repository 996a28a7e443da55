"""The sizes of a transformer that decide how much memory it needs, read from a GGUF header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Layers with a sliding window, where the header has only the window: one full layer in every N.
# Source: llama.cpp, src/llama-model.cpp, `set_swa_pattern`.
_FULL_LAYER_EVERY = {
    "gemma2": 2, "gemma3": 6, "gemma3n": 5, "gpt-oss": 2, "cohere2": 4, "llama4": 4,
    "exaone4": 4, "olmo2": 4,
}  # fmt: skip


@dataclass(frozen=True)
class Dimensions:
    """Sizes of one model. The per-layer tuples have one item a layer; a layer without attention
    has 0 key-value heads, a layer without a window has window 0."""

    n_layers: int
    n_embd: int
    n_ff: int
    n_vocab: int
    n_heads: int
    kv_heads: tuple[int, ...]
    windows: tuple[int, ...]
    key_length: int
    value_length: int
    n_ctx_train: int
    state_bytes: int = 0  # recurrent layers: a fixed state for one sequence


@dataclass(frozen=True)
class _Keys:
    """The keys of one architecture; a header may hold anything under them."""

    metadata: Mapping[str, Any]
    architecture: str

    def value(self, key: str, default: Any = None) -> Any:
        return self.metadata.get(f"{self.architecture}.{key}", default)

    def number(self, key: str, default: int = 0) -> int:
        """A sensible integer, of a list the largest; else `default`."""
        value = self.value(key, default)
        if isinstance(value, (list, tuple)):
            value = max((item for item in value if isinstance(item, int)), default=default)
        return value if isinstance(value, int) and 0 <= value < 1 << 40 else default


def read_dimensions(metadata: Mapping[str, Any], n_vocab: int = 0) -> Dimensions | None:
    """Dimensions from the keys and values of a header; None where the main ones are missing."""
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str):
        return None
    keys = _Keys(metadata, architecture)
    n_layers, n_embd = keys.number("block_count"), keys.number("embedding_length")
    if not 0 < n_layers <= 4096 or not n_embd:
        return None
    n_heads = max(1, keys.number("attention.head_count", 1))
    head_length = n_embd // n_heads
    return Dimensions(
        n_layers=n_layers,
        n_embd=n_embd,
        n_ff=keys.number("feed_forward_length"),
        n_vocab=keys.number("vocab_size") or n_vocab,
        n_heads=n_heads,
        kv_heads=_kv_heads(keys, n_layers, n_heads),
        windows=_windows(keys, n_layers),
        key_length=keys.number("attention.key_length", head_length),
        value_length=0 if _is_latent(keys) else keys.number("attention.value_length", head_length),
        n_ctx_train=keys.number("context_length"),
        state_bytes=_state_bytes(keys, n_layers),
    )


def _is_latent(keys: _Keys) -> bool:
    """One latent vector a token from which keys and values are both taken (DeepSeek and its kin):
    it lies in the cache once, as the key. Source: llama.cpp, `is_mla` and `has_v` of its cache."""
    lengths = ("attention.key_length_mla", "attention.value_length_mla")
    return all(keys.number(name) for name in lengths)


def _kv_heads(keys: _Keys, n_layers: int, n_heads: int) -> tuple[int, ...]:
    """Hybrid models (Qwen3-Next and its kin) keep attention in every `interval`-th layer only."""
    heads = _per_layer(keys.value("attention.head_count_kv", n_heads), n_layers, n_heads)
    interval = keys.number("full_attention_interval")
    if interval < 2:
        return heads
    return tuple(n if (i + 1) % interval == 0 else 0 for i, n in enumerate(heads))


def _per_layer(value: Any, n_layers: int, default: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (max(0, value),) * n_layers
    if isinstance(value, (list, tuple)) and len(value) == n_layers:
        return tuple(item if isinstance(item, int) and item >= 0 else default for item in value)
    return (default,) * n_layers


def _windows(keys: _Keys, n_layers: int) -> tuple[int, ...]:
    window = keys.number("attention.sliding_window")
    if not window:
        return (0,) * n_layers
    pattern = keys.value("attention.sliding_window_pattern")
    if isinstance(pattern, (list, tuple)) and len(pattern) == n_layers:
        return tuple(window if slides else 0 for slides in pattern)
    every = pattern if isinstance(pattern, int) and pattern > 0 else None
    every = every or _FULL_LAYER_EVERY.get(keys.architecture, 0)
    # A window that llama.cpp does not use for this architecture saves no memory.
    return tuple(window if every and (i + 1) % every else 0 for i in range(n_layers))


def _state_bytes(keys: _Keys, n_layers: int) -> int:
    """Recurrent state of one sequence in float32 (Mamba and hybrids): convolution and state."""
    inner, state_size = keys.number("ssm.inner_size"), keys.number("ssm.state_size")
    if not inner:
        return 0
    interval = keys.number("full_attention_interval")
    recurrent = n_layers - n_layers // interval if interval >= 2 else n_layers
    conv = max(0, keys.number("ssm.conv_kernel") - 1) * (
        inner + 2 * keys.number("ssm.group_count") * state_size
    )
    return int(recurrent * (conv + inner * state_size) * 4)
