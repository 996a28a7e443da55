"""A request of ours as the body that an OpenAI-compatible server reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from models.engine.messages import Sampling, Thinking
from models.errors import UserError
from models.remote.openai_kinds import VLLM, Dialect

Body = dict[str, Any]

# Where each sampler does nothing, so that leaving it out changes nothing.
_NEUTRAL = {
    "top_k": 0, "min_p": 0.0, "typ_p": 1.0, "top_n_sigma": -1.0, "xtc_probability": 0.0,
    "dry_multiplier": 0.0, "repeat_penalty": 1.0,
}  # fmt: skip
_WORDS = {
    "top_k": "top-k", "min_p": "min-p", "typ_p": "typical-p", "top_n_sigma": "top-n-sigma",
    "xtc_probability": "XTC", "dry_multiplier": "DRY", "repeat_penalty": "the repeat penalty",
}  # fmt: skip
# Settings of a sampler that is off; sent only beside one that is on.
_DETAILS = {
    "xtc_threshold": "xtc_probability", "dry_base": "dry_multiplier",
    "dry_allowed_length": "dry_multiplier", "dry_penalty_last_n": "dry_multiplier",
    "repeat_last_n": "repeat_penalty",
}  # fmt: skip


def reply_body(
    model: str,
    messages: Sequence[Mapping[str, str]],
    dialect: Dialect,
    *,
    sampling: Sampling,
    max_tokens: int = -1,
    json_schema: str = "",
    grammar: str = "",
    top_logprobs: int = 0,
    thinking: Thinking = "auto",
    is_begun: bool = False,
) -> Body:
    """A streamed chat, or a streamed completion of the messages' text where the dialect is plain.

    `max_tokens` −1 leaves the end to the server; `is_begun` when the last message is the beginning
    of the reply. Stop words are not sent: the protocol does not tell them from an end of the
    model's own, so they are found here.
    """
    body: Body = {"model": model, "stream": True}
    if dialect.is_plain:
        body["prompt"] = "".join(message["content"] for message in messages)
    else:
        body["messages"] = list(messages)
    if dialect.counts_streams:
        body["stream_options"] = {"include_usage": True}
    if max_tokens >= 0:
        body[dialect.max_tokens_name] = max_tokens
    if top_logprobs:
        body |= logprobs_body(min(top_logprobs, dialect.top_logprobs), dialect)
    if json_schema and dialect.schema_form:
        body["response_format"] = response_format(dialect.schema_form, _parsed(json_schema))
    if grammar:
        body["grammar"] = grammar
    if thinking != "auto" and dialect.kind.has_switch and not dialect.is_plain:
        is_on = thinking == "on"
        body["chat_template_kwargs"] = {"enable_thinking": is_on, "thinking": is_on}
    if is_begun:
        body |= dialect.kind.continuing or {}
    return body | sampling_body(sampling, dialect)


def logprobs_body(top: int, dialect: Dialect) -> Body:
    """Asks for log-probabilities; nothing where there are none."""
    if not top:
        return {}
    return {"logprobs": top} if dialect.is_plain else {"logprobs": True, "top_logprobs": top}


def sampling_body(sampling: Sampling, dialect: Dialect) -> Body:
    """The samplers that the server takes, under its names."""
    body: Body = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    if sampling.seed >= 0:
        body["seed"] = sampling.seed
    for ours, theirs in dialect.samplers.items():
        switch = _DETAILS.get(ours, ours)
        if switch in _NEUTRAL and ours != switch and _is_off(sampling, switch):
            continue
        value = getattr(sampling, ours)
        body[theirs] = list(value) if ours == "samplers" else value
    if dialect.kind is VLLM and body.get("top_k") == 0:
        body["top_k"] = -1  # its word for no limit
    return body


def without_effect(sampling: Sampling, dialect: Dialect, thinking: Thinking) -> tuple[str, ...]:
    """Sentences on what was chosen and the server does not take. At temperature 0 the likeliest
    token is taken, and only penalties could change it."""
    is_greedy = sampling.temperature <= 0
    asked = [name for name in _NEUTRAL if not _is_off(sampling, name)]
    counted = [n for n in asked if not is_greedy or n in ("repeat_penalty", "dry_multiplier")]
    missing = [_WORDS[name] for name in counted if name not in dialect.samplers]
    notes = []
    if missing:
        them = "them" if len(missing) > 1 else "it"
        told = _listed(missing)
        notes.append(
            f"{told[0].upper()}{told[1:]} had no effect: this server does not take {them}."
        )
    if thinking != "auto" and not dialect.kind.has_switch and not dialect.is_plain:
        notes.append("This server has no known switch for thinking; the choice had no effect.")
    return tuple(notes)


def response_format(form: str, schema: Mapping[str, Any]) -> Body:
    if form == "json_object":
        return {"type": form, "schema": schema}
    named = {"name": "reply", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": named}


def _parsed(json_schema: str) -> Any:
    try:
        return json.loads(json_schema)
    except ValueError as error:
        raise UserError(f"The JSON schema is not valid JSON: {error}.", "Correct it.") from error


def _is_off(sampling: Sampling, name: str) -> bool:
    return bool(getattr(sampling, name) == _NEUTRAL[name])


def _listed(words: Sequence[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
