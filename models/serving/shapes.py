"""Tokens and counts in the shapes of OpenAI's answers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from models.engine.messages import Generated, StopReason, TokenData

_REASONS: dict[StopReason, str] = {"length": "length", "context_full": "length"}


def head(kind: str, created: float) -> dict[str, Any]:
    """What every answer begins with; `kind` is the beginning of its id."""
    return {"id": f"{kind}-{secrets.token_hex(12)}", "created": int(created)}


def origin(model: str, build: str) -> dict[str, str]:
    """Who wrote an answer: the fingerprint stands for the library, its version and its kernels."""
    digest = hashlib.sha256(build.encode()).hexdigest()
    return {"model": model, "system_fingerprint": f"fp_{digest[:12]}"}


def finish_reason(reason: StopReason) -> str:
    return _REASONS.get(reason, "stop")


def usage(prompt_tokens: int, cached_tokens: int, reply_tokens: int) -> dict[str, Any]:
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": reply_tokens,
        "total_tokens": prompt_tokens + reply_tokens,
        "prompt_tokens_details": {"cached_tokens": cached_tokens},
    }


def usage_of(outcome: Generated) -> dict[str, Any]:
    return usage(outcome.prompt_tokens, outcome.cached_tokens, outcome.reply_tokens)


def chat_logprobs(tokens: Sequence[TokenData], alternatives: int) -> dict[str, Any]:
    """Of a character that is split over tokens, the last one carries all bytes."""
    return {
        "content": [
            {
                **_token(token.text, token.logprob),
                "top_logprobs": [_token(a.text, a.logprob) for a in token.top[:alternatives]],
            }
            for token in tokens
        ],
        "refusal": None,
    }


def _token(text: str, logprob: float | None) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}


def legacy_logprobs(tokens: Sequence[TokenData], alternatives: int, offset: int) -> dict[str, Any]:
    """The four lists of completions; `offset` is where in the text the first token stands. The
    token itself is among its alternatives, also where it is none of the best."""
    offsets = []
    for token in tokens:
        offsets.append(offset)
        offset += len(token.text)
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": [_alternatives(token, alternatives) for token in tokens]
        if alternatives else None,
        "text_offset": offsets,
    }  # fmt: skip


def _alternatives(token: TokenData, most: int) -> dict[str, float] | None:
    if token.logprob is None:
        return None
    likeliest_first = [(each.text, each.logprob) for each in token.top[:most]]
    found: dict[str, float] = {}
    for text, logprob in [*likeliest_first, (token.text, token.logprob)]:
        found.setdefault(text, logprob)
    return found
