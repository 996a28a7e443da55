"""Whatever a body holds, the answer is a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.serving.chat_request import read_chat
from models.serving.completion_request import read_completion
from models.serving.failures import ApiError
from models.serving.fields import Fields, read_object

PARAMETERS = (
    *("messages", "prompt", "model", "max_tokens", "temperature", "top_p", "top_k", "seed", "stop"),
    *("stream", "stream_options", "logprobs", "top_logprobs", "response_format", "user", "n"),
    *("tools", "logit_bias", "echo", "reasoning_effort", "chat_template_kwargs", "modalities"),
    *("suffix", "best_of", "max_completion_tokens", "min_p", "presence_penalty"),
)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "text", "type", "json_schema", "schema"]), inner
        )
    ),
    max_leaves=6,
)
TYPICAL = st.fixed_dictionaries(
    {"messages": st.just([{"role": "user", "content": "hi"}]), "prompt": st.just("hi")},
    optional=dict.fromkeys(PARAMETERS[2:], VALUES),
)
ANY = st.dictionaries(st.sampled_from(PARAMETERS), VALUES)


@pytest.mark.parametrize("read", [read_chat, read_completion])
@given(body=TYPICAL | ANY)
@settings(max_examples=100, deadline=None)
def test_a_body_is_read_or_refused(read: Callable[..., Any], body: dict[str, Any]) -> None:
    try:
        read(Fields(body), "somebody")
    except ApiError as refused:
        assert refused.sentence


@pytest.mark.parametrize("form", ["text", {"json_schema": "x"}, {"json_schema": {"schema": 1}}])
def test_a_form_that_is_none_is_refused(form: Any) -> None:
    body = {"messages": [{"role": "user", "content": "hi"}], "response_format": form}
    if isinstance(form, dict):
        form["type"] = "json_schema"
    with pytest.raises(ApiError, match="response_format"):
        read_chat(Fields(body), "somebody")


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ApiError, match="half a character"):
        read_object(b'{"messages": [{"role": "user", "content": "\\ud83d"}]}')


def test_whole_characters_in_two_halves_are_read() -> None:
    assert read_object(json.dumps({"a": "😀"}).encode()) == {"a": "😀"}
