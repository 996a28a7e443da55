"""What can be had from Ollama, by its version and by what it says of a model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from models.engine.messages import Capabilities

FIRST_WITH_LOGPROBS = (0, 12, 11)
FIRST_WITH_SCHEMA = (0, 5, 0)
FIRST_TO_COUNT_WHOLE_PROMPTS = (0, 4, 0)  # before, what lay in its cache was not counted
OWN_BUILD = (9999,)
NO_PROMPT_LOGITS = "Ollama tells probabilities of written tokens only, none of the prompt's."
NO_GRAMMAR = "Ollama takes a JSON schema, but no grammar."
NO_TOKENIZER = "The weights are not on this disk, and Ollama does not tell its tokens."
TOO_OLD = {
    "token_logprobs": "This Ollama is too old: it tells probabilities from 0.12.11 on.",
    "json_schema": "This Ollama is too old: it takes a JSON schema from 0.5.0 on.",
}

# What is known before a server was asked.
CAPABILITIES = Capabilities(
    token_logprobs=True,
    json_schema=True,
    seed=True,
    own_template=True,
    reasons={"prompt_logits": NO_PROMPT_LOGITS, "grammar": NO_GRAMMAR},
)


def capabilities(
    version: tuple[int, ...], can: Collection[str], has_tokenizer: bool
) -> Capabilities:
    """`can` are the server's own words for what a model is able to."""
    has = {
        "token_logprobs": version >= FIRST_WITH_LOGPROBS,
        "json_schema": version >= FIRST_WITH_SCHEMA,
    }
    reasons = CAPABILITIES.reasons | {name: TOO_OLD[name] for name in has if not has[name]}
    if not has_tokenizer:
        reasons |= {"exact_tokenizer": NO_TOKENIZER}
    return replace(
        CAPABILITIES,
        **has,
        embeddings="embedding" in can,
        tools="tools" in can,
        images="vision" in can,
        exact_tokenizer=has_tokenizer,
        reasons=reasons,
    )


def version_numbers(version: str) -> tuple[int, ...]:
    """ "0.12.11-rc1" → (0, 12, 11); () for what is no version, which counts as the oldest. One that
    somebody built says 0.0.0, and counts as the newest."""
    words = version.partition("-")[0].removeprefix("v").split(".")
    numbers = tuple(map(int, words)) if all(word.isdecimal() for word in words) else ()
    return OWN_BUILD if numbers == (0, 0, 0) else numbers
