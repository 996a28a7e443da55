"""Completions, embeddings, tokens and health, through the openai client where it can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from models.serving.server import Server
from tests.gguf_files import write_gguf
from tests.serving.conftest import TOKEN, say

BELIEVER = "sim:able"


def post(server: Server, path: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.post(f"http://127.0.0.1:{server.port}{path}", json=body, headers=headers)


def test_a_prompt_is_completed(client: openai.OpenAI) -> None:
    done = client.completions.create(model="sim:slow?delay_ms=1", prompt="Once", max_tokens=5)
    assert done.choices[0].text.startswith("Sentence")
    assert (done.choices[0].finish_reason, done.usage.completion_tokens) == ("length", 5)


def test_echo_gives_the_log_probabilities_of_the_prompt(client: openai.OpenAI) -> None:
    done = client.completions.create(
        model=BELIEVER, prompt="one two three", max_tokens=0, echo=True, logprobs=2
    )
    told: Any = done.choices[0].logprobs
    assert (done.choices[0].text, told.tokens) == ("one two three", ["one", " two", " three"])
    assert told.token_logprobs[0] is None and told.top_logprobs[0] is None
    assert all(logprob < 0 for logprob in told.token_logprobs[1:])
    assert told.text_offset == [0, 3, 7]
    assert " two" in told.top_logprobs[1]


@pytest.mark.parametrize("stream", [False, True])
def test_echo_and_reply_follow_each_other(client: openai.OpenAI, stream: bool) -> None:
    answer: Any = client.completions.create(
        model=BELIEVER, prompt="one two", max_tokens=3, echo=True, logprobs=0, stream=stream
    )
    choices = [c for chunk in answer for c in chunk.choices] if stream else answer.choices
    text = "".join(choice.text for choice in choices)
    offsets = [o for c in choices if c.logprobs for o in c.logprobs.text_offset]
    assert text.startswith("one twoI am")
    assert offsets[:3] == [0, 3, 7]


def test_several_prompts_and_token_ids_are_taken(client: openai.OpenAI, server: Server) -> None:
    ids = post(server, "/tokenize", {"model": "sim:echo", "content": "two"}).json()["tokens"]
    done = client.completions.create(model="sim:echo", prompt=[ids, ids], max_tokens=0, echo=True)
    assert [choice.text for choice in done.choices] == ["two", "two"]


def test_prompts_that_cannot_be_scored_are_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="no log-probabilities of prompts"):
        client.completions.create(model="sim:echo", prompt="one", echo=True, logprobs=1)


@pytest.mark.parametrize("options", [{"best_of": 3}, {"suffix": "end"}, {"n": 2}])
def test_completions_refuse_what_they_cannot(
    client: openai.OpenAI, options: dict[str, Any]
) -> None:
    with pytest.raises(openai.BadRequestError):
        client.completions.create(model="sim:echo", prompt="one", **options)


def test_texts_become_vectors(client: openai.OpenAI) -> None:
    made = client.embeddings.create(model="sim:echo", input=["one", "one", "two"])
    one, again, two = (each.embedding for each in made.data)
    assert one == again != two
    assert sum(value * value for value in one) == pytest.approx(1, abs=1e-5)
    assert made.usage.prompt_tokens == 3


@pytest.mark.parametrize("given", ["", [], [""], [1.5], [["a"]]])
def test_embeddings_refuse_what_is_no_text(client: openai.OpenAI, given: Any) -> None:
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="sim:echo", input=given)


def test_tokens_of_a_text_give_the_text_again(server: Server) -> None:
    body = {"model": "sim:echo", "content": "one two", "with_pieces": True}
    told = post(server, "/tokenize", body).json()
    assert [token["piece"] for token in told["tokens"]] == ["one", " two"]
    ids = [token["id"] for token in told["tokens"]]
    back = post(server, "/detokenize", {"model": "sim:echo", "tokens": ids}).json()
    assert (told["count"], back["content"]) == (2, "one two")


def test_control_words_can_be_read_as_plain_text(server: Server) -> None:
    body = {"model": "sim:echo", "content": "<|im_end|>"}
    assert post(server, "/tokenize", body).json()["count"] == 1
    assert post(server, "/tokenize", {**body, "parse_special": False}).json()["count"] > 1


def test_tokens_are_counted_while_a_reply_streams(client: openai.OpenAI, server: Server) -> None:
    stream = client.chat.completions.create(model="sim:slow", messages=say("go"), stream=True)
    next(iter(stream))
    counted = post(server, "/tokenize", {"model": "sim:slow", "content": "one two"}).json()
    assert (counted["count"], server.status().running >= 1) == (2, True)
    stream.close()


def test_health_needs_no_token(server: Server) -> None:
    answer = httpx.get(f"http://127.0.0.1:{server.port}/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_program_cannot_have_the_disk_looked_at(server: Server, tmp_path: Path) -> None:
    write_gguf(tmp_path / "found.gguf")
    for name in (str(tmp_path), str(tmp_path / "found.gguf"), str(tmp_path / "nothing")):
        refused = post(server, "/v1/chat/completions", {"model": name, "messages": say("hi")})
        assert refused.status_code == 404
        assert refused.json()["error"]["message"].startswith("There is no model called")


def test_a_name_of_a_million_letters_is_not_said_again(server: Server) -> None:
    refused = post(server, "/v1/chat/completions", {"model": "a" * 10**6, "messages": say("hi")})
    assert refused.status_code == 404 and len(refused.content) < 1000


def test_one_model_alone_can_be_served(serve: Any) -> None:
    alone = serve(only="sim:echo")
    told = post(alone, "/v1/chat/completions", {"messages": say("hi")}).json()
    other = post(alone, "/v1/chat/completions", {"model": "sim:slow", "messages": say("hi")})
    assert told["model"] == "sim:echo"
    assert (other.status_code, "sim:echo only" in other.text) == (404, True)
