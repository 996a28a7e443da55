"""Chat completions of simulated models, through the openai client."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from models.serving.server import Server
from tests.serving.conftest import House, say


def test_the_models_are_listed_and_found(client: openai.OpenAI) -> None:
    assert list(client.models.list()) == []  # simulated ones are asked for by name
    assert client.models.retrieve("sim:echo").id == "sim:echo"


def test_a_question_is_answered(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="sim:echo", messages=say("good morning"))
    [choice] = done.choices
    assert (choice.message.content, choice.finish_reason) == ("good morning", "stop")
    assert done.usage and done.usage.total_tokens == (
        done.usage.prompt_tokens + done.usage.completion_tokens
    )


def test_a_stream_brings_the_role_the_text_the_reason_and_the_usage(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(
        model="sim:slow?delay_ms=2", messages=say("go"), max_tokens=30, stream=True,
        stream_options={"include_usage": True},
    ))  # fmt: skip
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    assert deltas[0].role == "assistant"
    assert "".join(d.content or "" for d in deltas).startswith("Sentence number 1")
    assert chunks[-2].choices[0].finish_reason == "length"
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 30


def test_a_stop_text_ends_the_reply_and_is_not_part_of_it(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(
        model="sim:echo", messages=say("one two three"), stop=[" three", "zero"]
    )
    assert (done.choices[0].message.content, done.choices[0].finish_reason) == ("one two", "stop")


@pytest.mark.parametrize("stream", [False, True])
def test_log_probabilities_come_with_every_token(client: openai.OpenAI, stream: bool) -> None:
    answer: Any = client.chat.completions.create(
        model="sim:echo", messages=say("one two"), logprobs=True, top_logprobs=3, stream=stream
    )
    choices = [c for chunk in answer for c in chunk.choices] if stream else answer.choices
    told = [token for c in choices if c.logprobs for token in c.logprobs.content]
    assert [token.token for token in told] == ["one", " two"]
    assert told[1].bytes == list(b" two")
    assert all(token.logprob < 0 and len(token.top_logprobs) == 3 for token in told)


def test_thoughts_are_told_apart_from_the_answer(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="sim:think", messages=say("sum?"))
    message: Any = done.choices[0].message
    assert message.content == "Forty-two."
    assert "short answer" in message.reasoning_content


def test_a_system_message_and_pieces_of_text_are_read(client: openai.OpenAI) -> None:
    pieces = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    messages: Any = [
        {"role": "developer", "content": "Be brief."}, {"role": "user", "content": pieces},
    ]  # fmt: skip
    done = client.chat.completions.create(model="sim:echo", messages=messages)
    assert done.choices[0].message.content == "one\ntwo"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n": 2}, "n can only be 1"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "does not call tools"),
        ({"logit_bias": {"1": 5}}, "cannot bias"),
        ({"temperature": "hot"}, "temperature has to be a number"),
        ({"top_p": 7}, "top_p has to lie between 0 and 1"),
        ({"top_logprobs": 3}, "needs logprobs"),
        ({"stop": [1]}, "stop has to be"),
        ({"max_tokens": 0}, "max_tokens has to lie"),
        ({"response_format": {"type": "json_object"}}, "cannot be held to a form"),
        ({"temprature": 1}, "does not know the parameter temprature. Did you mean temperature?"),
    ],
)
def test_what_would_change_the_reply_is_refused_with_a_sentence(
    client: openai.OpenAI, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=sentence.replace("?", r"\?")) as refused:
        client.chat.completions.create(model="sim:echo", messages=say("hi"), extra_body=options)
    assert refused.value.type == "invalid_request_error"


def test_what_changes_nothing_is_ignored(client: openai.OpenAI) -> None:
    harmless = {"user": "somebody", "metadata": {"a": "b"}, "store": False, "tools": []}
    done = client.chat.completions.create(model="sim:echo", messages=say("hi"), extra_body=harmless)
    assert done.choices[0].message.content == "hi"


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "system", "content": "alone"}],
        [{"role": "stranger", "content": "hi"}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
        [{"role": "tool", "content": "4", "tool_call_id": "1"}],
    ],
)
def test_messages_that_cannot_be_read_are_refused(
    client: openai.OpenAI, messages: list[Any]
) -> None:
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="sim:echo", messages=messages)


@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_that_is_too_long_is_an_error_before_any_text(
    client: openai.OpenAI, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError, match="but the context holds"):
        client.chat.completions.create(
            model="sim:echo", messages=say("word " * 9000), stream=stream
        )


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="There is no model called") as error:
        client.chat.completions.create(model="gpt-17", messages=say("hi"))
    assert error.value.code == "model_not_found"


def test_a_model_that_dies_is_a_sentence_and_the_next_request_works(
    client: openai.OpenAI,
) -> None:
    with pytest.raises(openai.InternalServerError, match="engine"):
        client.chat.completions.create(model="sim:crash", messages=say("please crash"))
    done = client.chat.completions.create(model="sim:crash", messages=say("live"))
    assert "live" in str(done.choices[0].message.content)


def test_the_log_tells_what_was_called_and_never_what_was_said(
    client: openai.OpenAI, server: Server, house: House
) -> None:
    client.chat.completions.create(model="sim:echo", messages=say("a secret"), user="me")
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("another secret")
    log = "\n".join(house.lines)
    assert "POST /v1/chat/completions 200" in log
    assert "secret" not in log
