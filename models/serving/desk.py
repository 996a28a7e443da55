"""Where requests arrive: bodies within bounds, a ticket in a lane, an answer or a stream."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from models.engine.messages import Progress
from models.engine.pool import Waiting
from models.engine.sandbox import Sandbox
from models.errors import Cancelled
from models.serving.failures import TOO_LARGE, ApiError, failure_of
from models.serving.fields import Fields, read_object
from models.serving.lane import Done, Lane, Ticket, Work
from models.serving.served_models import ServedModels

MOST_BODY_BYTES = 8 * 2**20
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Begun:
    """Which model answers. `opened` is the thinking tag that its template wrote."""

    model: str
    build: str
    opened: str = ""


@dataclass(frozen=True)
class Desk:
    """`replies` takes what a model has to think about, `quick` what needs its vocabulary only.
    `clock` gives seconds since the epoch."""

    models: ServedModels
    sandbox: Sandbox
    replies: Lane
    quick: Lane
    on_bug: Callable[[Exception], None]
    most_body_bytes: int = MOST_BODY_BYTES
    clock: Callable[[], float] = time.time

    def guarded(self, handler: Handler) -> Handler:
        """The handler, its failures turned into answers."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except ClientDisconnect:
                return Response(status_code=499)  # nobody reads it
            except Exception as error:  # noqa: BLE001 - becomes the answer, a bug is told
                return failure_response(failure_of(error, self.on_bug))

        return answer

    async def fields(self, request: Request) -> Fields:
        """Raises ApiError for a body that is too large or is no JSON object."""
        return Fields(read_object(await self._body(request)))

    async def _body(self, request: Request) -> bytes:
        told = request.headers.get("content-length", "")
        if told.isdigit() and int(told) > self.most_body_bytes:
            raise self._too_large()
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.most_body_bytes:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> ApiError:
        most = self.most_body_bytes / 2**20
        return ApiError(TOO_LARGE, f"The request is larger than {most:g} MiB. Send less at a time.")

    def submit(self, request: Request, lane: Lane, client: str, work: Work) -> Ticket:
        """Once the body is read. The work is stopped when the client leaves."""
        ticket = lane.submit(client, work)
        ticket.watch(_left(request), lane.drop)
        return ticket

    async def stream(
        self, ticket: Ticket, chunks: Callable[[AsyncIterator[Any]], AsyncIterator[Any]]
    ) -> Response:
        """Server-sent events, from the first one on that shows the request can be answered: what
        is refused before gets an HTTP status of its own."""
        held = [await ticket.next()]
        while not _shows_an_answer(held[-1]):
            held.append(await ticket.next())

        async def lines() -> AsyncIterator[str]:
            try:
                async for chunk in chunks(_from(held, ticket)):
                    yield f"data: {json.dumps(chunk, separators=(',', ':'))}\n\n"
                yield "data: [DONE]\n\n"
            except Exception as error:  # noqa: BLE001 - told inside the stream, which has begun
                body = failure_of(error, self.on_bug).body
                yield f"data: {json.dumps(body)}\n\n"

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


async def _left(request: Request) -> None:
    """Until the client is gone, or has its whole answer."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _shows_an_answer(event: Any) -> bool:
    is_load = isinstance(event, Progress) and event.phase == "load"
    return not is_load and not isinstance(event, Waiting | Begun)


async def _from(held: list[Any], ticket: Ticket) -> AsyncIterator[Any]:
    """Events of a ticket, after those that came already; `Done` is the last."""
    for event in held:
        yield event
    while not isinstance(event, Done):
        event = await ticket.next()
        yield event


def failure_response(error: ApiError) -> Response:
    return JSONResponse(error.body, error.status, headers=error.headers)


def client_of(request: Request) -> str:
    """A connection counts as a client: all of them come from this machine with one token."""
    return f"{request.client.host}:{request.client.port}" if request.client else ""


def require_whole(stop_reason: str) -> None:
    """A reply that was stopped from outside is no whole answer."""
    if stop_reason == "cancelled":
        raise Cancelled
