"""Prompts and their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Origin = Literal["template", "system", "history", "user", "assistant", "document"]
Role = Literal["system", "user", "assistant"]
Thinking = Literal["on", "off", "auto"]


@dataclass(frozen=True)
class Part:
    """A piece of a prompt: text or token ids, where it came from, and whether its text may
    become control tokens (template parts may, content may not). `role` is set on whole messages,
    where a server writes the template itself (`Capabilities.own_template`)."""

    text: str = ""
    token_ids: tuple[int, ...] = ()
    origin: Origin = "user"
    control: bool = False
    role: Role | None = None
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
class Tokenize:
    parts: tuple[Part, ...]
    count_only: bool = False
    type: str = "tokenize"


@dataclass(frozen=True)
class Detokenize:
    token_ids: tuple[int, ...]
    type: str = "detokenize"


@dataclass(frozen=True)
class PromptToken:
    token_id: int
    text: str
    origin: Origin
    control: bool = False


@dataclass(frozen=True)
class Tokenized:
    """`estimated`: a count made without the tokenizer of the model, and no tokens."""

    count: int
    tokens: tuple[PromptToken, ...] = ()
    estimated: bool = False
    type: str = "tokenized"
