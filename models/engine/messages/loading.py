"""Loading a model, and what it turns out to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

CacheType = Literal["f16", "q8_0", "q4_0", "f32", "bf16", "q5_0", "q5_1", "q4_1"]
DEFAULT_N_CTX = 4096
# Bytes for one value of the attention cache: blocks of 32 values carry their scales.
CACHE_VALUE_BYTES: dict[str, float] = {
    "f32": 4.0, "f16": 2.0, "bf16": 2.0, "q8_0": 34 / 32, "q5_1": 24 / 32, "q5_0": 22 / 32,
    "q4_1": 20 / 32, "q4_0": 18 / 32,
}  # fmt: skip


@dataclass(frozen=True)
class LoadSettings:
    """How a model is loaded. They belong to the model and are saved with it.

    `threads` 0 means cores − 1; `gpu_layers` −1 means all that the device takes;
    `n_ctx` 0 means the smaller of 4096 and what the model was trained on.
    """

    n_ctx: int = 0
    gpu_layers: int = -1
    type_k: CacheType = "f16"
    type_v: CacheType = "f16"
    flash_attention: Literal["auto", "on", "off"] = "auto"
    threads: int = 0
    n_batch: int = 512
    use_mmap: bool = True
    use_extra_bufts: bool = True


@dataclass(frozen=True)
class Connection:
    """Where a server is asked for a model. `address` is its base URL and `token` its bearer token,
    "" for none; `open_for` is the user's act that lets this worker beyond loopback, "" for none."""

    address: str
    token: str = field(default="", repr=False)
    open_for: str = ""


@dataclass(frozen=True)
class Load:
    model: str  # a path, "sim:NAME", "ollama:NAME" or "endpoint:NAME/MODEL"
    settings: LoadSettings = field(default_factory=LoadSettings)
    connection: Connection | None = None
    type: str = "load"


@dataclass(frozen=True)
class OpenContext:
    context: str
    n_ctx: int
    n_seq: int = 1
    settings: LoadSettings = field(default_factory=LoadSettings)
    type: str = "open_context"


@dataclass(frozen=True)
class CloseContext:
    context: str
    type: str = "close_context"


@dataclass(frozen=True)
class Unload:
    type: str = "unload"


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do; a lab greys what it needs and cannot have. `own_template`: prompts go
    as messages (parts with a role), and a server writes its template around them unseen. `reasons`
    say in a sentence why one is off, by its name, where more is known than that the backend
    lacks it."""

    prompt_logits: bool = False
    token_logprobs: bool = False
    grammar: bool = False
    json_schema: bool = False  # without a grammar of ours
    seed: bool = False
    embeddings: bool = False
    tools: bool = False
    images: bool = False
    exact_tokenizer: bool = False
    own_template: bool = False
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelInfo:
    """What the worker found when it loaded the file."""

    model: str
    name: str
    backend: str  # "llama.cpp", "mlx", "ollama", "openai", "simulated"
    backend_build: str
    architecture: str
    n_ctx_train: int
    n_vocab: int
    n_params: int
    weights_bytes: int
    chat_template: str
    bos_text: str
    eos_text: str
    device: str  # "CPU", "CUDA: …"
    load_s: float
    peak_memory_bytes: int
    conservative: bool = False  # loaded with the slower kernels after a crash
    capabilities: Capabilities = field(default_factory=Capabilities)
    type: str = "model_info"


@dataclass(frozen=True)
class ContextInfo:
    context: str
    n_ctx: int
    threads: int
    flash_attention: bool
    memory_bytes: int
    n_seq: int = 1  # each holds an equal part of n_ctx
    type: str = "context_info"
