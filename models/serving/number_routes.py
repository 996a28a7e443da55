"""POST /v1/embeddings, /tokenize and /detokenize."""

from __future__ import annotations

import base64
import struct
from collections.abc import Generator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.cancel import CancelToken
from models.engine.messages import Embedded, Embedding, Part, Tokenized
from models.serving.desk import Desk, client_of
from models.serving.fields import refused
from models.serving.shapes import usage
from models.serving.texts import is_ids, read_texts
from models.serving.wishes import require

MOST_TEXTS = 2048


class NumberRoutes:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # ---- embeddings ----

    async def embed(self, request: Request) -> Response:
        desk = self._desk
        fields = await desk.fields(request)
        model, texts = (
            fields.text("model"),
            read_texts(fields.take("input"), "input", MOST_TEXTS, control=False),
        )
        form = fields.text("encoding_format", "float")
        if form not in ("float", "base64"):
            raise refused("encoding_format", "encoding_format has to be float or base64")
        fields.only("dimensions", because="Embeddings cannot be shortened: leave dimensions out")
        user = fields.text("user")
        fields.finish()
        client = f"user {user}" if user else client_of(request)

        def work(cancel: CancelToken) -> Generator[Any, None, tuple[str, Embedded]]:
            entry, lease = yield from desk.models.lease(model, cancel)
            with lease:
                can = lease.engine.info.capabilities
                require(can, "embeddings", "model", f"{entry.name} gives no embeddings")
                return entry.name, lease.engine.embed([(text,) for text in texts], cancel)

        name, embedded = await desk.submit(request, desk.replies, client, work).result()
        data = [
            {"object": "embedding", "index": n, "embedding": _values(each, form)}
            for n, each in enumerate(embedded.embeddings)
        ]
        tokens = sum(each.n_tokens for each in embedded.embeddings)
        return JSONResponse({"object": "list", "model": name, "data": data,
                             "usage": usage(tokens, 0, 0)})  # fmt: skip

    # ---- tokens ----

    async def tokenize(self, request: Request) -> Response:
        """As llama.cpp's server: `content`, and `with_pieces` for the text of each token. Words
        that spell control tokens count as such unless `parse_special` is false."""
        desk = self._desk
        fields = await desk.fields(request)
        model = fields.text("model")
        content = fields.text(fields.first("content", "prompt"))
        with_pieces = fields.flag("with_pieces")
        part = Part(content, control=fields.flag("parse_special", True))
        fields.finish()

        def work(cancel: CancelToken) -> Generator[Any, None, tuple[Tokenized, int]]:
            entry, lease = yield from desk.models.lease(model, cancel)
            with lease:
                can = lease.engine.info.capabilities
                unknown = f"The tokenizer of {entry.name} is not known here"
                require(can, "exact_tokenizer", "model", unknown)
                return lease.engine.tokenize((part,)), lease.engine.context.n_ctx

        told, n_ctx = await desk.submit(request, desk.quick, client_of(request), work).result()
        tokens = [
            {"id": token.token_id, "piece": token.text} if with_pieces else token.token_id
            for token in told.tokens
        ]
        return JSONResponse({"tokens": tokens, "count": told.count, "max_model_len": n_ctx})

    async def detokenize(self, request: Request) -> Response:
        desk = self._desk
        fields = await desk.fields(request)
        model, tokens = fields.text("model"), fields.take("tokens")
        fields.finish()
        if not is_ids(tokens):
            raise refused("tokens", "tokens has to be a list of token ids")

        def work(cancel: CancelToken) -> Generator[Any, None, str]:
            _, lease = yield from desk.models.lease(model, cancel)
            with lease:
                return lease.engine.detokenize(tokens)

        text = await desk.submit(request, desk.quick, client_of(request), work).result()
        return JSONResponse({"content": text})


def _values(embedding: Embedding, form: str) -> str | list[float]:
    if form == "base64":
        return embedding.values
    raw = base64.b64decode(embedding.values)
    return list(struct.unpack(f"<{len(raw) // 4}f", raw))
