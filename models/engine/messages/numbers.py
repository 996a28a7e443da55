"""What a model makes of a text in numbers: log-probabilities of its tokens, and its embedding."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.engine.messages.loading import LoadSettings
from models.engine.messages.prompt import Part
from models.engine.messages.reply import TokenData


@dataclass(frozen=True)
class ScorePrompt:
    """How likely every token of a prompt was, read after those before it; `top` alternatives of
    each are told. Needs `Capabilities.prompt_logits`."""

    context: str
    prompt: tuple[Part, ...]
    top: int = 0
    type: str = "score_prompt"


@dataclass(frozen=True)
class PromptScores:
    """All tokens of the prompt; nothing stands before the first, which has no log-probability."""

    tokens: tuple[TokenData, ...]
    type: str = "prompt_scores"


@dataclass(frozen=True)
class Embed:
    """One vector for each text, a prompt in parts. Needs `Capabilities.embeddings`. `settings`
    give the longest text (`n_ctx`), threads and attention."""

    texts: tuple[tuple[Part, ...], ...]
    settings: LoadSettings = field(default_factory=LoadSettings)
    type: str = "embed"


@dataclass(frozen=True)
class Embedding:
    """`values`: float32 of unit length, little endian, as base64."""

    values: str
    n_tokens: int


@dataclass(frozen=True)
class Embedded:
    """In the order of the texts."""

    embeddings: tuple[Embedding, ...]
    type: str = "embedded"
