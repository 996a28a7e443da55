"""Answers are read to an end: of bytes, of seconds and of sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

import httpx
import pytest

from models.remote.channel import MOST_REFUSAL_BYTES, error_text, json_of, read_json, words_of

FOREVER_S, FOREVER_BYTES = 1e9, 1 << 60


def asked(body: Iterator[bytes], most_bytes: int, deadline_s: float, status: str = "200 OK") -> Any:
    """What is read of a server that sends `body`."""

    def app(_environ: Any, start: Callable[..., Any]) -> Iterator[bytes]:
        start(status, [("Content-Type", "application/json")])
        return body

    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://here") as client:
        return read_json(client, "/models", most_bytes, deadline_s)


def test_an_answer_that_does_not_end_is_left() -> None:
    with pytest.raises(httpx.DecodingError):
        asked(repeat(b" " * 1000), 1_000_000, FOREVER_S)


def test_an_answer_that_drips_is_left_at_the_deadline() -> None:
    with pytest.raises(httpx.ReadTimeout):
        asked(repeat(b" "), FOREVER_BYTES, 0.05)


def test_of_a_refusal_only_the_beginning_is_read() -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        asked(repeat(b"no "), FOREVER_BYTES, FOREVER_S, "500 No")
    assert len(refused.value.response.content) <= MOST_REFUSAL_BYTES + 3
    assert words_of(refused.value.response).startswith("no no")


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 5000, "{", "what?"])
def test_what_is_no_json_is_one_kind_of_error(text: Any) -> None:
    with pytest.raises(httpx.DecodingError):
        json_of(httpx.Response(200, content=text))


def test_words_wrapped_without_end_are_none() -> None:
    wrapped: Any = "words"
    for _ in range(900):
        wrapped = [wrapped]
    assert error_text(wrapped) == "" and error_text({"error": [{"msg": "no"}]}) == "no"
