"""The routes of the server and what stands before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from models.library.entry import ModelEntry
from models.serving.access import Access
from models.serving.chat_route import ChatRoute
from models.serving.completions_route import CompletionsRoute
from models.serving.desk import Desk, failure_response
from models.serving.failures import ApiError
from models.serving.guards import HostGuard, RequestLog, TokenGuard
from models.serving.number_routes import NumberRoutes


def application(desk: Desk, access: Access, port: int, log: Callable[[str], None]) -> Starlette:
    """An ASGI application that answers as OpenAI's API does."""
    routes = _routes(desk)
    paths = frozenset(route.path for route in routes)
    middleware = [Middleware(RequestLog, log=log, paths=paths), Middleware(HostGuard, port=port)]
    if access.origins:
        middleware.append(
            Middleware(
                CORSMiddleware, allow_origins=access.origins, allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type"],
            )
        )  # fmt: skip
    middleware.append(Middleware(TokenGuard, access=access))
    return Starlette(
        routes=routes, middleware=middleware, exception_handlers={HTTPException: _no_such_route}
    )


def _routes(desk: Desk) -> list[Route]:
    chat, completions, numbers = ChatRoute(desk), CompletionsRoute(desk), NumberRoutes(desk)
    models = _ModelRoutes(desk)
    posts = {
        "/v1/chat/completions": chat.answer,
        "/v1/completions": completions.answer,
        "/v1/embeddings": numbers.embed,
        "/tokenize": numbers.tokenize,
        "/detokenize": numbers.detokenize,
    }
    gets = {
        "/health": _health,
        "/v1/models": models.all,
        "/v1/models/{name:path}": models.one,
    }
    return [
        *(Route(path, desk.guarded(handler), methods=["POST"]) for path, handler in posts.items()),
        *(Route(path, desk.guarded(handler), methods=["GET"]) for path, handler in gets.items()),
    ]


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


class _ModelRoutes:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def all(self, request: Request) -> Response:
        data = [_model(entry) for entry in self._desk.models.entries()]
        return JSONResponse({"object": "list", "data": data})

    async def one(self, request: Request) -> Response:
        return JSONResponse(_model(self._desk.models.entry(request.path_params["name"])))


def _model(entry: ModelEntry) -> dict[str, Any]:
    return {"id": entry.name, "object": "model", "created": 0, "owned_by": entry.source}


async def _no_such_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = (
        "This address takes another method (GET or POST)." if error.status_code == 405
        else "There is nothing at this address. Try /v1/models."
    )  # fmt: skip
    return failure_response(ApiError(error.status_code, sentence))
