"""Log-probabilities of prompts and embeddings."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Callable, Sequence

import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import (
    Delta,
    Embedding,
    Generate,
    Part,
    Sampling,
    ScorePrompt,
    TokenData,
)
from models.errors import Cancelled, UserError
from models.long_work import result_of
from tests.engine.asking import ask, chat
from tests.long_work import watch

Make = Callable[..., EngineClient]


def scores(client: EngineClient, *parts: Part, top: int = 0) -> tuple[TokenData, ...]:
    return result_of(client.score_prompt(ScorePrompt("chat", parts, top), CancelToken())).tokens


def vectors(client: EngineClient, *texts: str) -> list[tuple[float, ...]]:
    embedded = client.embed([(Part(text),) for text in texts], CancelToken())
    return [values(each) for each in embedded.embeddings]


def values(embedding: Embedding) -> tuple[float, ...]:
    raw = base64.b64decode(embedding.values)
    return struct.unpack(f"<{len(raw) // 4}f", raw)


def alike(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.model
def test_a_prompt_is_as_likely_as_when_it_was_written(real: EngineClient) -> None:
    request = chat("Name three colours.")
    written = written_after(real, request)
    prompt = (*request, Part(token_ids=tuple(token.token_id for token in written)))
    read = scores(real, *prompt)[-len(written) :]
    assert [t.logprob for t in read] == pytest.approx([t.logprob for t in written], abs=0.1)


def written_after(client: EngineClient, prompt: tuple[Part, ...]) -> list[TokenData]:
    greedy = Generate("chat", prompt, Sampling(temperature=0), max_tokens=12, lens_top=1)
    events, _ = watch(client.generate(greedy, CancelToken()))
    return [token for event in events if isinstance(event, Delta) for token in event.tokens]


@pytest.mark.model
def test_long_prompts_are_scored_in_windows_that_join(real: EngineClient) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 20
    read = scores(real, Part(text), top=2)
    assert "".join(token.text for token in read) == text
    assert read[0].logprob is None
    assert all(token.top[0].logprob >= token.logprob for token in read[1:] if token.logprob)


@pytest.mark.model
def test_a_reply_after_a_scored_prompt_reads_one_token_only(real: EngineClient) -> None:
    prompt = chat("What is the capital of France?")
    scores(real, *prompt)
    done = ask(real, "What is the capital of France?", max_tokens=1)
    assert done.cached_tokens == done.prompt_tokens - 1


@pytest.mark.model
def test_texts_about_one_thing_lie_nearer(real: EngineClient) -> None:
    cat, kitten, tax = vectors(
        real, "The cat sleeps on the sofa.", "The kitten sleeps on the couch.", "Taxes rose by 4 %."
    )
    assert math.hypot(*cat) == pytest.approx(1, abs=1e-5)
    assert alike(cat, kitten) > alike(cat, tax)


@pytest.mark.model
def test_a_text_that_is_too_long_to_embed_is_a_sentence(real: EngineClient) -> None:
    with pytest.raises(UserError, match="Each text needs 1 to"):
        vectors(real, "word " * 5000)


@pytest.mark.model
def test_a_stopped_scoring_is_cancelled(real: EngineClient) -> None:
    cancel = CancelToken()
    work = real.score_prompt(ScorePrompt("chat", (Part("word " * 3000),)), cancel)
    next(work)
    cancel.cancel()
    with pytest.raises(Cancelled):
        result_of(work)


def test_simulated_models_give_numbers_too(client: Make) -> None:
    sim = client("sim:echo")
    read = scores(sim, Part("one two three"), top=3)
    assert [token.text for token in read] == ["one", " two", " three"]
    same, again, other = vectors(sim, "one two", "one two", "green field")
    assert same == again
    assert alike(same, other) < 0.9
