"""Log-probabilities of prompts and embeddings."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import (
    Block,
    Delta,
    Embedding,
    Generate,
    NextRead,
    Part,
    ReadNext,
    Sampling,
    ScorePrompt,
    TokenData,
)
from models.engine.token_scores import TokenScores
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
def test_a_prompt_told_piece_by_piece_is_the_prompt_told_at_once(real: EngineClient) -> None:
    ids = tuple(t.token_id for t in real.tokenize((Part("Once upon a time, ü. " * 20),)).tokens)
    whole = scores(real, Part(token_ids=ids), top=2)
    pieces: list[TokenData] = []
    for end in (65, 100, len(ids)):
        request = ScorePrompt("chat", (Part(token_ids=ids[:end]),), 2, first=len(pieces))
        pieces += result_of(real.score_prompt(request, CancelToken())).tokens
    assert [t.text for t in pieces] == [t.text for t in whole]
    # batches of other sizes round otherwise
    assert [t.logprob for t in pieces[1:]] == pytest.approx([t.logprob for t in whole[1:]], abs=0.3)
    assert all((t.rank == 1) == (t.top[0].token_id == t.token_id) for t in pieces[1:])


def test_a_token_before_which_the_logits_are_no_numbers_has_none() -> None:
    tokens = TokenScores(Letters(), 3, 2)
    broken = tokens.told(1, np.array([0, np.nan, 0], np.float32))
    sound = tokens.told(1, np.array([0, 2, 0], np.float32))
    assert (broken.logprob, broken.rank, broken.top) == (None, None, ())
    assert sound.rank == 1 and sound.top[0].text == "b"


class Letters:
    bos_text = ""

    def piece(self, token_id: int) -> bytes:
        return b"abc"[token_id : token_id + 1]


def following(client: EngineClient, folder: Path, *parts: Part) -> tuple[NextRead, NDArray]:
    """What follows a prompt: what is told, and the whole distribution."""
    path, n_vocab = folder / "next", client.info.n_vocab
    np.zeros(n_vocab, np.float32).tofile(path)
    request = ReadNext("chat", parts, Block(str(path), 1, n_vocab), top=5)
    told = result_of(client.read_next(request, CancelToken()))
    return told, np.fromfile(path, np.float32)


@pytest.mark.model
def test_the_whole_distribution_after_a_prompt_is_that_of_the_token_that_came(
    real: EngineClient, tmp_path: Path
) -> None:
    request = chat("Name three colours.")
    written = written_after(real, request)
    told, values = following(real, tmp_path, *request)
    assert np.exp(values.astype(float)).sum() == pytest.approx(1, abs=1e-5)
    assert told.top[0].token_id == written[0].token_id == int(values.argmax())
    assert values[written[0].token_id] == pytest.approx(written[0].logprob, abs=0.1)
    again, same = following(real, tmp_path, *request)
    assert again == told and (same == values).all()


@pytest.mark.model
def test_nothing_follows_an_empty_prompt(real: EngineClient, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Nothing stands before"):
        following(real, tmp_path, Part(""))


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
