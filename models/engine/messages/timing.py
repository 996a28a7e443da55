"""How long tokens take without a text: one repetition of what llama-bench measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeTokens:
    """Read `n_read` random tokens in batches and then feed `n_written` one after the other, as
    writing does, with neither tokenizer nor sampler; only that is timed.

    The cache holds `depth` other tokens before, and nothing else. `threads` 0 leaves them as the
    context was opened. Equal seeds draw equal tokens. Needs a backend that `TimesTokens`.
    """

    context: str
    n_read: int = 0
    n_written: int = 0
    depth: int = 0
    threads: int = 0
    seed: int = 0
    type: str = "time_tokens"


@dataclass(frozen=True)
class TokensTimed:
    """`others_cores`: how many cores other processes kept busy meanwhile, None where the system
    does not tell."""

    seconds: float
    others_cores: float | None = None
    type: str = "tokens_timed"
