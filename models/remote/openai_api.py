"""One OpenAI-compatible server as functions: models, replies, embeddings."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import httpx
from httpx import USE_CLIENT_DEFAULT

from models.engine.messages import Connection
from models.errors import UserError
from models.remote.channel import (
    CONNECT_S,
    MOST_ANSWER_BYTES,
    Cancel,
    Channel,
    error_text,
    in_sentences,
    object_of,
    read_whole,
    refusal,
    words_of,
)
from models.remote.openai_stream import Chunk, CutShort, chunk_of, chunks, lines

Body = Mapping[str, Any]

# Beside what is asked: no, the server does not do this; these say nothing about it.
_TELLING_NOTHING = frozenset({401, 403, 429, 502, 503, 504})
LOOK_S = 5.0  # for a page that may not be there


class Refused(UserError):  # noqa: N818 - an outcome, as in models.errors
    """The server answered, with a status that is no success; `words` are its own."""

    def __init__(self, server: str, status: int, words: str, *, had_token: bool = True) -> None:
        told = refusal(server, status, words, had_token=had_token)
        super().__init__(told.message, told.hint)
        self.status = status
        self.words = words

    @property
    def is_no(self) -> bool:
        """It refused what was asked, and not the asker or the hour."""
        return self.status not in _TELLING_NOTHING


class NoVectors(UserError):  # noqa: N818 - an outcome, as in models.errors
    """The answer has not one vector for each text."""

    def __init__(self, server: str) -> None:
        super().__init__(
            f"{server} did not give one vector for each text.",
            "Choose a model that is made for embeddings.",
        )


class OpenAiApi:
    """`server` is its name in sentences. Everything raises UserError, and Cancelled when `cancel`
    is set meanwhile, before the first byte too."""

    def __init__(self, server: str, connection: Connection, read_s: float | None = None) -> None:
        self._server = server
        self._address = connection.address
        self._channel = Channel(connection, read_s)
        self._client = httpx.Client(**{**self._channel.options, "headers": self._headers()})

    def _headers(self) -> dict[str, str]:
        headers = {**self._channel.options["headers"], "Accept-Encoding": "identity"}
        # A server may close a kept connection just when it is used again; a new one costs less
        # than a millisecond where nothing is encrypted.
        return headers if self._address.startswith("https:") else headers | {"Connection": "close"}

    def close(self) -> None:
        self._client.close()

    # ---- what it offers ----

    def models(self, cancel: Cancel) -> tuple[Mapping[str, Any], ...]:
        """Its models as it lists them, each with an "id"."""
        listed = self.get("/models", cancel).get("data")
        sound = listed if isinstance(listed, list) else ()
        return tuple(each for each in sound if isinstance(each, dict) and each.get("id"))

    def get(self, path: str, cancel: Cancel) -> dict[str, Any]:
        """A JSON object below the API's address."""
        return self._exchange("GET", self._address + path, cancel)

    def look(self, path: str, cancel: Cancel) -> dict[str, Any]:
        """A JSON object beside the API, where servers tell more of themselves; {} without one."""
        root = self._address.removesuffix("/v1")
        try:
            return self._exchange("GET", root + path, cancel, read_s=LOOK_S)
        except UserError:
            return {}

    def post(self, path: str, body: Body, cancel: Cancel) -> dict[str, Any]:
        return self._exchange("POST", self._address + path, cancel, body)

    def _exchange(
        self,
        method: str,
        url: str,
        cancel: Cancel,
        body: Body | None = None,
        read_s: float | None = None,
    ) -> dict[str, Any]:
        patience = httpx.Timeout(read_s, connect=CONNECT_S) if read_s else USE_CLIENT_DEFAULT
        ends_at = time.monotonic() + read_s if read_s else math.inf
        with (
            self._asking(cancel),
            self._client.stream(method, url, json=body, timeout=patience) as response,
        ):
            whole = read_whole(response, MOST_ANSWER_BYTES, ends_at)
            self._raise_refusal(whole)
            answer = object_of(whole)
        if answer.get("error"):  # told with a status of success
            raise Refused(self._server, 400, error_text(answer))
        return answer

    # ---- replies ----

    def answer(self, body: Body, cancel: Cancel) -> Chunk:
        """A reply that comes whole."""
        asked = {name: value for name, value in body.items() if name != "stream_options"}
        return chunk_of(self.post(_path(body), {**asked, "stream": False}, cancel))

    def reply(self, body: Body, cancel: Cancel) -> Generator[Chunk, None, None]:
        """A streamed reply; close it to leave early."""
        try:
            yield from self._stream(body, cancel)
        except CutShort as cut:
            if cut.was_silent:  # some servers promise a stream before they look at the prompt
                self.answer(_brief(body), cancel)
            raise

    def _stream(self, body: Body, cancel: Cancel) -> Generator[Chunk, None, None]:
        with (
            self._asking(cancel),
            self._client.stream("POST", self._address + _path(body), json=body) as response,
        ):
            if not response.is_success:
                self._raise_refusal(read_whole(response, MOST_ANSWER_BYTES))
            if response.headers.get("content-type", "").startswith("application/json"):
                whole = read_whole(response, MOST_ANSWER_BYTES)  # it does not stream
                yield chunk_of(object_of(whole))
                return
            with closing(chunks(lines(response.iter_bytes()))) as arriving:
                yield from arriving

    def embeddings(
        self, model: str, texts: list[str], cancel: Cancel
    ) -> tuple[tuple[list[float], ...], int]:
        """A vector for each text as the server gives it, and the tokens of all of them."""
        answer = self.post("/embeddings", {"model": model, "input": texts}, cancel)
        try:
            listed = sorted(answer["data"], key=lambda each: each.get("index", 0))
            vectors = tuple([float(v) for v in each["embedding"]] for each in listed)
            counted = int((answer.get("usage") or {}).get("prompt_tokens") or 0)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise NoVectors(self._server) from error
        is_sound = all(vector and all(map(math.isfinite, vector)) for vector in vectors)
        if len(vectors) != len(texts) or not is_sound:
            raise NoVectors(self._server)
        return vectors, counted

    # ---- failures ----

    @contextmanager
    def _asking(self, cancel: Cancel) -> Iterator[None]:
        with self._channel.cut_by(cancel), in_sentences(self._server, self._address):
            yield

    def _raise_refusal(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        had_token = "Authorization" in response.request.headers
        raise Refused(self._server, response.status_code, words_of(response), had_token=had_token)


def _brief(body: Body) -> Body:
    longest = "max_completion_tokens" if "max_completion_tokens" in body else "max_tokens"
    return {**body, longest: 1}


def _path(body: Body) -> str:
    return "/completions" if "prompt" in body else "/chat/completions"
