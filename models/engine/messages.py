"""What the window and a worker say to each other: dataclasses, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

PROTOCOL_VERSION = 1

Origin = Literal["template", "system", "history", "user", "assistant", "document"]
StopReason = Literal["end", "stop", "decided", "length", "context_full", "cancelled"]
RowMode = Literal["cold", "exact", "batched"]
CacheType = Literal["f16", "q8_0", "q4_0", "f32", "bf16", "q5_0", "q5_1", "q4_1"]


DEFAULT_N_CTX = 4096
# Bytes for one value of the attention cache: blocks of 32 values carry their scales.
CACHE_VALUE_BYTES: dict[str, float] = {
    "f32": 4.0, "f16": 2.0, "bf16": 2.0, "q8_0": 34 / 32, "q5_1": 24 / 32, "q5_0": 22 / 32,
    "q4_1": 20 / 32, "q4_0": 18 / 32,
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A piece of a prompt: text or token ids, where it came from, and whether its text may
    become control tokens (template parts may, content may not)."""

    text: str = ""
    token_ids: tuple[int, ...] = ()
    origin: Origin = "user"
    control: bool = False
    oracle: dict[str, Any] | None = None  # truth for simulated subjects; refused elsewhere


@dataclass(frozen=True)
class Sampling:
    """Sampling parameters under llama.cpp's own names and defaults; seed −1 draws one."""

    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    typ_p: float = 1.0
    top_n_sigma: float = -1.0
    xtc_probability: float = 0.0
    xtc_threshold: float = 0.1
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    dry_penalty_last_n: int = -1
    repeat_penalty: float = 1.0
    repeat_last_n: int = 64
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    seed: int = -1
    samplers: tuple[str, ...] = (
        "penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature",
    )  # fmt: skip


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


# ---- requests ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    model: str  # a path, or "sim:NAME"
    settings: LoadSettings = field(default_factory=LoadSettings)
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
class Generate:
    """One reply. `lens_top` > 0 asks for log-probability, entropy and that many alternatives."""

    context: str
    prompt: tuple[Part, ...]
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int = -1  # −1: until the model ends or the context is full
    stop: tuple[str, ...] = ()
    grammar: str = ""  # GBNF, already tried in the sandbox
    lens_top: int = 0
    reuse_cache: bool = True
    type: str = "generate"


@dataclass(frozen=True)
class Label:
    """A class of answers and the spellings that count for it, such as "Yes" and " yes"."""

    name: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One prompt of many. Its labels are scored after the prompt; with `max_tokens` > 0 it is
    answered, until one of the regular expressions `until` is found in the answer. `begun` is what
    the prompt's end has written of the answer, a thinking tag; it counts as part of it."""

    prompt: tuple[Part, ...]
    labels: tuple[Label, ...] = ()
    max_tokens: int = 0
    until: tuple[str, ...] = ()
    begun: str = ""
    seed: int = 0


@dataclass(frozen=True)
class GenerateMany:
    """Many prompts in one request; each finished row comes as a RowResult, in any order.

    `cold`: each alone in an empty cache. `exact`: one at a time, common beginnings read once;
    equal to cold to the bit where flash attention is off. `batched`: besides, answers are
    written together in a context of several sequences, which may move their logits a little.
    """

    context: str
    rows: tuple[Row, ...]
    mode: RowMode = "exact"
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0))
    top: int = 8  # alternatives of the first token that are told
    type: str = "generate_many"


@dataclass(frozen=True)
class Tokenize:
    parts: tuple[Part, ...]
    count_only: bool = False
    type: str = "tokenize"


@dataclass(frozen=True)
class Detokenize:
    token_ids: tuple[int, ...]
    type: str = "detokenize"


@dataclass(frozen=True)
class Cancel:
    target: int
    type: str = "cancel"


@dataclass(frozen=True)
class Ping:
    type: str = "ping"


@dataclass(frozen=True)
class Unload:
    type: str = "unload"


# ---- requests to the sandbox ---------------------------------------------------------------


@dataclass(frozen=True)
class Render:
    """`turns` are (role, content, origin); `now` is an ISO date and time for `strftime_now`."""

    template: str
    turns: tuple[tuple[str, str, str], ...]
    add_generation_prompt: bool
    now: str
    variables: dict[str, Any] = field(default_factory=dict)
    type: str = "render"


@dataclass(frozen=True)
class TryGrammar:
    gbnf: str
    type: str = "try_grammar"


@dataclass(frozen=True)
class SchemaGrammar:
    json_schema: str
    type: str = "schema_grammar"


# ---- events and results --------------------------------------------------------------------


@dataclass(frozen=True)
class Alternative:
    token_id: int
    text: str
    logprob: float


@dataclass(frozen=True)
class TokenData:
    """One generated token. `text` is what it added to the reply: "" while a character is split
    over tokens. Log-probabilities are natural logs under the untouched model distribution
    (before samplers); `entropy` is in nats."""

    token_id: int
    text: str
    logprob: float | None = None
    entropy: float | None = None
    top: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Progress:
    """`phase` is "load" or "prompt"; `done` of `total` in per mille or prompt tokens."""

    phase: Literal["load", "prompt"]
    done: int
    total: int
    type: str = "progress"


@dataclass(frozen=True)
class Delta:
    text: str
    tokens: tuple[TokenData, ...] = ()
    type: str = "delta"


@dataclass(frozen=True)
class Generated:
    """The end of a reply; times in seconds, speeds in tokens a second follow from them."""

    text: str
    stop_reason: StopReason
    prompt_tokens: int
    cached_tokens: int
    reply_tokens: int
    time_to_first_token_s: float | None
    prompt_s: float
    generation_s: float
    seed: int
    killed: bool = False  # the worker had to be ended to make Stop true
    type: str = "generated"

    @property
    def tokens_per_second(self) -> float | None:
        """Generation speed without the first token, whose time belongs to the prompt."""
        if self.reply_tokens < 2 or self.generation_s <= 0:
            return None
        return (self.reply_tokens - 1) / self.generation_s


@dataclass(frozen=True)
class LabelScore:
    """`logprob`: natural log of the probability of all spellings of a label together, directly
    after the prompt; `best` that of its likeliest spelling, which a reply bound to the labels
    would write. The sum over labels is the room left for the label."""

    name: str
    logprob: float
    best: float


@dataclass(frozen=True)
class Drawn:
    """One token of an answer; `lead` is how far the likeliest token stood above the second, in
    nats, before samplers."""

    token_id: int
    lead: float


@dataclass(frozen=True)
class RowResult:
    """`drawn` holds every token of the answer, its end included. `generation_s` is the row's
    share of the steps it took part in, and `batch_rows` the most rows such a step had."""

    index: int
    text: str = ""
    stop_reason: StopReason = "end"
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    prompt_s: float = 0.0
    generation_s: float = 0.0
    labels: tuple[LabelScore, ...] = ()
    top: tuple[Alternative, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    batch_rows: int = 1
    type: str = "row_result"


@dataclass(frozen=True)
class ManyDone:
    """The end of many rows: how many were finished, and whether a stop cut the rest off."""

    finished_rows: int
    cancelled: bool = False
    type: str = "many_done"


@dataclass(frozen=True)
class PromptToken:
    token_id: int
    text: str
    origin: Origin
    control: bool = False


@dataclass(frozen=True)
class Tokenized:
    count: int
    tokens: tuple[PromptToken, ...] = ()
    type: str = "tokenized"


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do; a lab greys what it needs and cannot have."""

    prompt_logits: bool = False
    token_logprobs: bool = False
    grammar: bool = False
    seed: bool = False
    embeddings: bool = False
    tools: bool = False
    images: bool = False
    exact_tokenizer: bool = False


@dataclass(frozen=True)
class ModelInfo:
    """What the worker found when it loaded the file."""

    model: str
    name: str
    backend: str  # "llama.cpp", "simulated"
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


@dataclass(frozen=True)
class Hello:
    """The first line a child prints."""

    protocol: int
    pid: int
    type: str = "hello"


@dataclass(frozen=True)
class Pong:
    type: str = "pong"


@dataclass(frozen=True)
class Finished:
    """A request without a result of its own is done."""

    type: str = "finished"


@dataclass(frozen=True)
class Text:
    text: str
    type: str = "text"


@dataclass(frozen=True)
class Rendered:
    parts: tuple[Part, ...]
    type: str = "rendered"


@dataclass(frozen=True)
class Failed:
    """`kind` "user" carries a sentence for the screen; "bug" carries a traceback in `log`;
    "cancelled" ends a load that was stopped."""

    kind: Literal["user", "bug", "cancelled"]
    message: str
    hint: str = ""
    log: str = ""
    type: str = "failed"


def encode(message: Any, request_id: int = 0) -> bytes:
    """One line of JSON with its request id, newline included."""
    payload = {"id": request_id, **asdict(message)}
    return json.dumps(payload, separators=(",", ":")).encode() + b"\n"
