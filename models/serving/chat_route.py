"""POST /v1/chat/completions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.cancel import CancelToken
from models.engine.messages import Delta, Generated, TokenData
from models.engine.thinking import Piece, ThinkingSplitter
from models.serving.chat_request import ChatRequest, read_chat
from models.serving.desk import Begun, Desk, client_of, require_whole
from models.serving.lane import Done
from models.serving.shapes import chat_logprobs, finish_reason, head, origin, usage_of


class ChatRoute:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, request: Request) -> Response:
        desk = self._desk
        wanted = read_chat(await desk.fields(request), client_of(request))
        ticket = desk.submit(
            request, desk.replies, wanted.wishes.client, lambda cancel: self._work(wanted, cancel)
        )
        shape = _ChatShape(wanted, desk.clock())
        if wanted.wishes.stream:
            return await desk.stream(ticket, shape.chunks)
        while not isinstance(event := await ticket.next(), Done):
            shape.take(event)
        return JSONResponse(shape.whole(event.value))

    def _work(self, wanted: ChatRequest, cancel: CancelToken) -> Generator[Any, None, Generated]:
        entry, lease = yield from self._desk.models.lease(wanted.wishes.model, cancel)
        with lease:
            engine = lease.engine
            generate, opened = wanted.for_engine(engine, self._desk.sandbox, datetime.now())
            yield Begun(entry.name, engine.info.backend_build, opened)
            return (yield from engine.generate(generate, cancel))


class _ChatShape:
    """Events of one reply in the shapes of a chat completion. Thoughts are told apart, as
    `reasoning_content`."""

    def __init__(self, wanted: ChatRequest, created: float) -> None:
        self._wishes = wanted.wishes
        self._head: dict[str, Any] = head("chatcmpl", created)
        self._splitter = ThinkingSplitter()
        self._pieces: list[Piece] = []
        self._tokens: list[TokenData] = []

    def take(self, event: Any) -> list[Piece]:
        """Note an event; the pieces of text that it completes."""
        pieces: list[Piece] = []
        if isinstance(event, Begun):
            self._head |= origin(event.model, event.build)
            pieces = self._splitter.feed(event.opened)
        elif isinstance(event, Delta):
            pieces = self._splitter.feed(event.text)
            self._tokens += event.tokens
        self._pieces += pieces
        return pieces

    def whole(self, outcome: Generated) -> dict[str, Any]:
        require_whole(outcome.stop_reason)
        self._pieces += self._splitter.finish()
        message = {"role": "assistant", "content": self._text("answer"), "refusal": None}
        if thoughts := self._text("thinking"):
            message["reasoning_content"] = thoughts
        choice = {
            "index": 0,
            "message": message,
            "logprobs": self._logprobs(self._tokens),
            "finish_reason": finish_reason(outcome.stop_reason),
        }
        return {**self._head, "object": "chat.completion", "choices": [choice],
                "usage": usage_of(outcome)}  # fmt: skip

    def _text(self, kind: str) -> str:
        return "".join(piece.text for piece in self._pieces if piece.kind == kind)

    async def chunks(self, events: AsyncIterator[Any]) -> AsyncIterator[dict[str, Any]]:
        async for event in events:
            for chunk in self._chunks_of(event):
                yield chunk

    def _chunks_of(self, event: Any) -> Iterator[dict[str, Any]]:
        if isinstance(event, Done):
            yield from self._last(event.value)
            return
        pieces = self.take(event)
        if isinstance(event, Begun):
            yield self._chunk({"role": "assistant", "content": ""})
        told = event.tokens if isinstance(event, Delta) else ()
        for piece in pieces:
            yield self._chunk(_delta(piece), told)
            told = ()
        if told and self._wishes.alternatives is not None:
            yield self._chunk({"content": ""}, told)

    def _last(self, outcome: Generated) -> list[dict[str, Any]]:
        require_whole(outcome.stop_reason)
        chunks = [self._chunk(_delta(piece)) for piece in self._splitter.finish()]
        chunks.append(self._chunk({}, reason=finish_reason(outcome.stop_reason)))
        if self._wishes.include_usage:
            chunks.append({**self._chunk({}), "choices": [], "usage": usage_of(outcome)})
        return chunks

    def _chunk(
        self, delta: dict[str, str], tokens: tuple[TokenData, ...] = (), reason: str | None = None
    ) -> dict[str, Any]:
        logprobs = self._logprobs(tokens) if tokens else None
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": reason}
        chunk = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return {**chunk, "usage": None} if self._wishes.include_usage else chunk

    def _logprobs(self, tokens: list[TokenData] | tuple[TokenData, ...]) -> dict[str, Any] | None:
        alternatives = self._wishes.alternatives
        return None if alternatives is None else chat_logprobs(tokens, alternatives)


def _delta(piece: Piece) -> dict[str, str]:
    name = "content" if piece.kind == "answer" else "reasoning_content"
    return {name: piece.text}
