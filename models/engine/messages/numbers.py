"""What a model makes of a text in numbers: log-probabilities of its tokens, and its embedding."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.engine.messages.comparison import Block
from models.engine.messages.loading import LoadSettings
from models.engine.messages.prompt import Part
from models.engine.messages.reply import Alternative, TokenData


@dataclass(frozen=True)
class ScorePrompt:
    """How likely every token of a prompt was, read after those before it; `top` alternatives of
    each are told. Needs `Capabilities.prompt_logits`.

    With `first`, only tokens from that position on are told: what stands before them is read
    without numbers, or not again where the context still holds it. So a long text can be asked
    for piece by piece.
    """

    context: str
    prompt: tuple[Part, ...]
    top: int = 0
    first: int = 0
    type: str = "score_prompt"


@dataclass(frozen=True)
class PromptScores:
    """The tokens of the prompt from `ScorePrompt.first` on. Nothing stands before the very first,
    which has no log-probability; another has none where the model's logits were no numbers."""

    tokens: tuple[TokenData, ...]
    type: str = "prompt_scores"


@dataclass(frozen=True)
class ReadNext:
    """Write what follows a prompt into the block: the natural log-probability of every token, in
    one row. Its `top` likeliest are told with their texts. Needs a backend that `ReadsWindows`."""

    context: str
    prompt: tuple[Part, ...]
    block: Block
    top: int = 0
    type: str = "read_next"


@dataclass(frozen=True)
class NextRead:
    """`top` is empty where the logits hold a NaN."""

    prompt_tokens: int
    top: tuple[Alternative, ...]
    type: str = "next_read"


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
