"""What a server sends, read chunk by chunk."""

from __future__ import annotations

import json

import pytest

from models.errors import UserError
from models.remote import openai_stream as stream
from models.remote.openai_stream import Chunk, CutShort, Usage, chunk_of, chunks, events, lines
from tests.servers.broken_openai import delta, words


def sent(*steps: object) -> list[str]:
    return [
        line
        for step in steps
        for line in (step if isinstance(step, str) else f"data: {json.dumps(step)}\n").split("\n")
    ]


def test_lines_end_with_a_line_feed_alone_wherever_the_bytes_are_cut() -> None:
    whole = 'data: "a\u2028b\x85ü"\r\n\r\ndata: end'.encode()
    blocks = [whole[at : at + 3] for at in range(0, len(whole), 3)]
    assert list(lines(blocks)) == ['data: "a\u2028b\x85ü"', "", "data: end"]


def test_a_line_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_LINE_BYTES", 100)
    with pytest.raises(UserError, match="no reply"):
        list(lines([b"x" * 60, b"x" * 60]))


def test_an_event_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_EVENT", 100)
    with pytest.raises(UserError, match="no reply"):
        list(events(["data: " + "x" * 40] * 3))
    assert len(list(events(["data: " + "x" * 40, ""] * 3))) == 3


def test_events_are_their_data_without_comments_and_names() -> None:
    assert list(events([": ping", "", "event: a", "data:1", "data: 2", "", "data: 3"])) == [
        "1\n2", "3",
    ]  # fmt: skip


def test_chunks_carry_text_the_end_and_what_was_counted() -> None:
    found = list(chunks(sent(*words("Hel", "lo"))))
    assert "".join(chunk.text for chunk in found) == "Hello"
    assert [chunk.finish for chunk in found if chunk.finish] == ["stop"]
    assert found[-1].usage == Usage(prompt_tokens=9, cached_tokens=4, reply_tokens=2)


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thoughts_come_under_both_names(name: str) -> None:
    assert chunk_of(delta(**{name: "Hm"})) == Chunk(thinking="Hm")


@pytest.mark.parametrize(
    "event",
    [
        {"error": {"message": "CUDA out of memory"}},
        {"error": "CUDA out of memory"},
        {"code": 500, "message": "CUDA out of memory", "type": "server_error"},
        'error: {"code": 500, "message": "CUDA out of memory"}\n',
    ],
)
def test_an_error_inside_the_stream_is_told_in_its_own_words(event: object) -> None:
    with pytest.raises(UserError, match="CUDA out of memory"):
        list(chunks(sent(delta("Hel"), event)))


@pytest.mark.parametrize(
    "garbage",
    ["data: <html>\n", "data: 7\n", 'data: {"choices": 1}\n', 'data: {"a": 1}\n', "data: {\n",
     'data: {"choices": [{"delta": "x"}]}\n',
     'data: {"choices": [{"logprobs": {"content": [{}]}}]}\n'],
)  # fmt: skip
def test_what_is_no_chunk_is_a_sentence(garbage: str) -> None:
    with pytest.raises(UserError, match="no reply"):
        list(chunks(sent(garbage)))


@pytest.mark.parametrize(("steps", "was_silent"), [([], True), ([delta("Hel")], False)])
def test_a_stream_that_just_ends_was_cut(steps: list[object], was_silent: bool) -> None:
    with pytest.raises(CutShort) as raised:
        list(chunks(sent(*steps)))
    assert raised.value.was_silent is was_silent


def test_a_reason_ends_a_stream_as_well_as_a_mark() -> None:
    assert [chunk.finish for chunk in chunks(sent(delta("x"), delta(finish="length")))] == [
        "", "length",
    ]  # fmt: skip


def test_probabilities_of_chats_and_of_completions_are_read() -> None:
    entry = {"token": " a", "logprob": -1.5, "top_logprobs": [{"token": " b", "logprob": -0.5}]}
    of_chat = chunk_of({"choices": [{"logprobs": {"content": [entry | {"id": 5}]}}]}).tokens
    parallel = {"tokens": [" a"], "token_logprobs": [-1.5], "top_logprobs": [{" b": -0.5}]}
    of_text = chunk_of({"choices": [{"text": " a", "logprobs": parallel}]}).tokens
    assert [(t.text, t.logprob, t.top[0].text) for t in (*of_chat, *of_text)] == [
        (" a", -1.5, " b"), (" a", -1.5, " b"),
    ]  # fmt: skip
    assert (of_chat[0].token_id, of_text[0].token_id) == (5, stream.NO_ID)


@pytest.mark.parametrize(
    "data",
    [
        "[" * 100_000,
        "1" * 5000,
        '{"choices": [], "usage": {"prompt_tokens": 1e999}}',
        '{"choices": 1}',
    ],
)
def test_nonsense_that_is_almost_json_is_no_bug(data: str) -> None:
    with pytest.raises(UserError, match="no reply"):
        list(chunks([f"data: {data}", ""]))
