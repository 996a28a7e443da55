"""What stands before every route: whose page asks, at which address, with which token."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.serving.access import Access
from models.serving.desk import failure_response
from models.serving.failures import FORBIDDEN, UNAUTHORIZED, ApiError

OPEN_PATHS = ("/health",)


class HostGuard:
    """Refuses other names than this machine's own: a page that lets its name point to 127.0.0.1
    ("DNS rebinding") would else be of one origin with the server."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if Headers(scope=scope).get("host", "").lower() in self._hosts:
            await self._app(scope, receive, send)
            return
        error = ApiError(
            FORBIDDEN, "This server answers to 127.0.0.1 and localhost with its port only.",
            code="wrong_host",
        )  # fmt: skip
        await failure_response(error)(scope, receive, send)


class TokenGuard:
    """Refuses requests without the token, and those of web pages that were not named."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._problem(Headers(scope=scope), scope["path"])
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await failure_response(problem)(scope, receive, send)

    def _problem(self, headers: Headers, path: str) -> ApiError | None:
        origin = headers.get("origin")
        if origin is not None and origin not in self._access.origins:
            return ApiError(
                FORBIDDEN, "Requests of web pages are refused. To let one in, start the server "
                "with --allow-origin and its address.", code="wrong_origin",
            )  # fmt: skip
        if path in OPEN_PATHS or self._access.admits(headers.get("authorization", "")):
            return None
        return ApiError(
            UNAUTHORIZED, "The token is missing or wrong. Send it as “Authorization: Bearer …”.",
            code="invalid_api_key",
        )  # fmt: skip


class RequestLog:
    """One line a request: what was called, how it ended, how long it took. Never what was sent."""

    def __init__(self, app: ASGIApp, log: Callable[[str], None], paths: frozenset[str]) -> None:
        self._app = app
        self._log = log
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = time.monotonic(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            path = scope["path"] if scope["path"] in self._paths else "another address"
            took = time.monotonic() - started
            self._log(f"{scope['method']} {path} {status or 'ended early'} {took:.2f} s")
