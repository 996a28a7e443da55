"""One reply as it grows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from models.engine.messages.prompt import Part, Sampling, Thinking

StopReason = Literal["end", "stop", "decided", "length", "context_full", "cancelled"]


@dataclass(frozen=True)
class Generate:
    """One reply. `lens_top` > 0 asks for log-probability, entropy and that many alternatives."""

    context: str
    prompt: tuple[Part, ...]
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int = -1  # −1: until the model ends or the context is full
    stop: tuple[str, ...] = ()
    grammar: str = ""  # GBNF, already tried in the sandbox
    json_schema: str = ""  # for backends that take no grammar, but a schema
    lens_top: int = 0
    reuse_cache: bool = True
    thinking: Thinking = "auto"  # for servers that write the template themselves
    type: str = "generate"


@dataclass(frozen=True)
class Alternative:
    token_id: int
    text: str
    logprob: float


@dataclass(frozen=True)
class TokenData:
    """One generated token. `text` is what it added to the reply: "" while a character is split
    over tokens. Log-probabilities are natural logs under the untouched model distribution
    (before samplers); `entropy` is in nats. `rank` counts from 1, the likeliest, and is told of
    prompts only."""

    token_id: int
    text: str
    logprob: float | None = None
    entropy: float | None = None
    top: tuple[Alternative, ...] = ()
    rank: int | None = None


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
    """The end of a reply; times in seconds, speeds in tokens a second follow from them. `notes` are
    sentences on what was unusual, as that a server did not take a setting."""

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
    notes: tuple[str, ...] = ()
    type: str = "generated"

    @property
    def tokens_per_second(self) -> float | None:
        """Generation speed without the first token, whose time belongs to the prompt."""
        if self.reply_tokens < 2 or self.generation_s <= 0:
            return None
        return (self.reply_tokens - 1) / self.generation_s
