"""The server over the real engine, with the starter model."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from models.engine.messages import LoadSettings
from models.long_work import result_of
from models.serving.server import Server
from tests.serving.conftest import House, say
from tests.serving.test_other_routes import post

pytestmark = pytest.mark.model
CAPITAL = "What is the capital of France?"
AS_SENT = f"<|im_start|>user\n{CAPITAL}<|im_end|>\n<|im_start|>assistant\n"
SCHEMA: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "schema": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "maxLength": 20},
                "large": {"type": "boolean"},
            },
            "required": ["city", "large"],
            "additionalProperties": False,
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def server(house: House, starter: Path) -> Iterator[Server]:
    result_of(house.pool.lease(str(starter), LoadSettings())).release()
    running = house.serve(only=str(starter))
    yield running
    running.stop()


@pytest.fixture
def name(client: openai.OpenAI) -> str:
    [model] = client.models.list()
    return model.id


def ask(client: openai.OpenAI, name: str, **options: Any) -> Any:
    options = {"max_tokens": 16, "temperature": 0, **options}
    return client.chat.completions.create(model=name, messages=say(CAPITAL), **options).choices[0]


def test_a_chat_is_what_the_template_makes_of_it(client: openai.OpenAI, name: str) -> None:
    system: Any = {"role": "system", "content": "Answer briefly."}
    chat = client.chat.completions.create(
        model=name, messages=[system, *say(CAPITAL)], max_tokens=16, temperature=0
    )
    raw = f"<|im_start|>system\nAnswer briefly.<|im_end|>\n{AS_SENT}"
    done = client.completions.create(model=name, prompt=raw, max_tokens=16, temperature=0)
    assert chat.choices[0].message.content == done.choices[0].text != ""


def test_a_seed_gives_the_same_reply_again_and_another_one_another(
    client: openai.OpenAI, name: str
) -> None:
    one, again, other = (
        ask(client, name, temperature=1.5, seed=seed, max_tokens=24).message.content
        for seed in (7, 7, 8)
    )
    assert one == again != other


def test_a_stream_says_what_a_whole_answer_says(client: openai.OpenAI, name: str) -> None:
    chunks = client.chat.completions.create(
        model=name, messages=say(CAPITAL), max_tokens=16, temperature=0, stream=True
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == ask(client, name).message.content


def test_alternatives_begin_with_the_likeliest(client: openai.OpenAI, name: str) -> None:
    told = ask(client, name, logprobs=True, top_logprobs=5).logprobs.content
    for token in told:
        assert token.top_logprobs[0].logprob == pytest.approx(token.logprob)  # greedy
        assert sum(math.exp(other.logprob) for other in token.top_logprobs) <= 1 + 1e-5


@pytest.mark.parametrize("form", [SCHEMA, {"type": "json_object"}])
def test_a_reply_follows_its_form(client: openai.OpenAI, name: str, form: Any) -> None:
    reply = ask(client, name, response_format=form, max_tokens=120, seed=1)
    if reply.finish_reason == "stop":
        assert isinstance(json.loads(reply.message.content), dict)
    assert reply.message.content.lstrip().startswith("{")


def test_a_schema_decides_the_names(client: openai.OpenAI, name: str) -> None:
    reply = ask(client, name, response_format=SCHEMA, max_tokens=120)
    assert set(json.loads(reply.message.content)) == {"city", "large"}


def test_a_prompt_is_as_likely_as_its_reply_was(client: openai.OpenAI, name: str) -> None:
    written = client.completions.create(
        model=name, prompt="The quick brown fox", max_tokens=6, temperature=0, logprobs=1
    ).choices[0]
    read = client.completions.create(
        model=name, prompt="The quick brown fox" + written.text, max_tokens=0, echo=True, logprobs=1
    ).choices[0]
    assert read.text == "The quick brown fox" + written.text
    told = read.logprobs.token_logprobs[-6:]
    assert told == pytest.approx(written.logprobs.token_logprobs, abs=0.1)


def test_control_words_of_a_raw_prompt_are_control_tokens(client: openai.OpenAI, name: str) -> None:
    done = client.completions.create(model=name, prompt=AS_SENT, max_tokens=16, temperature=0)
    assert "Paris" in done.choices[0].text


def test_texts_about_one_thing_lie_nearer(client: openai.OpenAI, name: str) -> None:
    texts = ["The cat sleeps on the sofa.", "A kitten sleeps on the couch.", "Taxes rose by 4 %."]
    made = client.embeddings.create(model=name, input=texts)
    cat, kitten, tax = (each.embedding for each in made.data)

    def alike(other: list[float]) -> float:
        return sum(a * b for a, b in zip(cat, other, strict=True))

    assert len(cat) == 576
    assert alike(kitten) > alike(tax)


def test_tokens_are_those_of_the_model(server: Server, name: str) -> None:
    told = post(server, "/tokenize", {"model": name, "content": "Hello, wörld!"}).json()
    back = post(server, "/detokenize", {"model": name, "tokens": told["tokens"]}).json()
    assert back["content"] == "Hello, wörld!"


def test_a_token_that_does_not_exist_is_a_sentence(server: Server, name: str) -> None:
    answer = post(server, "/detokenize", {"model": name, "tokens": [10**7]})
    assert (answer.status_code, "no token with the number" in answer.text) == (400, True)


@pytest.mark.parametrize("token", [49152, 10**7, 2**40])
def test_a_prompt_of_tokens_that_do_not_exist_is_a_sentence(
    client: openai.OpenAI, name: str, token: int
) -> None:
    with pytest.raises(openai.BadRequestError, match="no token with the number"):
        client.completions.create(model=name, prompt=[1, token], max_tokens=1)
    with pytest.raises(openai.BadRequestError, match="no token with the number"):
        client.completions.create(model=name, prompt=[1, token], echo=True, logprobs=1)
    with pytest.raises(openai.BadRequestError, match="no token with the number"):
        client.embeddings.create(model=name, input=[1, token])
