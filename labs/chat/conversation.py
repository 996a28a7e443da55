"""What a conversation is: a tree of messages, each reply with the record of how it was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from models.engine.messages import LoadSettings, Role, Sampling, Thinking

MessageState = Literal["complete", "streaming", "stopped", "failed", "interrupted"]
Overflow = Literal["stop_at_limit", "truncate_middle", "rolling_window"]

OVERFLOW_WORDS: dict[Overflow, str] = {
    "stop_at_limit": "Stop at limit",
    "truncate_middle": "Truncate middle",
    "rolling_window": "Rolling window",
}


@dataclass(frozen=True)
class Attachment:
    """A text file that went along with a message, kept whole."""

    name: str
    text: str
    size_bytes: int


@dataclass(frozen=True)
class Provenance:
    """How a reply was made, enough to make it again."""

    model_name: str
    model_path: str
    fingerprint: str = ""
    sha256: str = ""  # filled in afterwards, when the whole file has been read
    quantization: str = ""
    backend: str = ""
    backend_build: str = ""
    device: str = ""
    n_ctx: int = 0
    load: LoadSettings = field(default_factory=LoadSettings)
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = -1
    template_hash: str = ""
    overflow: Overflow = "stop_at_limit"
    thinking: Thinking = "auto"
    thinking_s: float | None = None  # from the first thought to the answer, None without thoughts
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    time_to_first_token_s: float | None = None
    tokens_per_second: float | None = None
    stop_reason: str = ""
    shared_batch: bool = False  # decoded together with other replies
    conservative_kernels: bool = False
    max_tokens: int = -1
    stop: tuple[str, ...] = ()
    grammar: str = ""  # GBNF, also where it came from a JSON schema
    notes: tuple[str, ...] = ()  # sentences on what was unusual about this prompt
    manifest_sha256: str = ""  # how Ollama names the version of its model; no hash of weights


@dataclass(frozen=True)
class Message:
    """One node of the tree. `dropped` names the messages that did not fit when this reply was
    made, `shortened` those that were cut; nothing is dropped silently."""

    id: int
    chat_id: int
    parent_id: int | None
    role: Role
    text: str
    created_at: float  # seconds since the epoch
    state: MessageState = "complete"
    error: str = ""
    attachments: tuple[Attachment, ...] = ()
    provenance: Provenance | None = None
    dropped: tuple[int, ...] = ()
    shortened: tuple[int, ...] = ()


@dataclass(frozen=True)
class ChatOptions:
    """What a chat asks of the model; a preset is this with a name."""

    system_prompt: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int = -1
    overflow: Overflow = "stop_at_limit"
    thinking: Thinking = "auto"
    grammar: str = ""  # GBNF
    json_schema: str = ""
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chat:
    """One chat without its messages; times are seconds since the epoch."""

    id: int
    title: str
    created_at: float
    updated_at: float
    options: ChatOptions = field(default_factory=ChatOptions)
    model: str = ""  # the model last used: a path or "sim:NAME"
    pinned: bool = False
    binned_at: float | None = None
    leaf_id: int | None = None  # the end of the branch on screen
