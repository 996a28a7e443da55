"""POST /v1/completions: raw prompts, with their log-probabilities where `echo` asks for them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.cancel import CancelToken
from models.engine.messages import (
    Delta,
    Generate,
    Generated,
    Part,
    Progress,
    ScorePrompt,
    TokenData,
)
from models.engine.pool import PooledEngine
from models.serving.completion_request import CompletionRequest, read_completion
from models.serving.completion_shape import CompletionShape, Ended, Written
from models.serving.desk import Begun, Desk, client_of, require_whole
from models.serving.fields import refused
from models.serving.lane import Done
from models.serving.wishes import Wishes, require


class CompletionsRoute:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, request: Request) -> Response:
        desk = self._desk
        wanted = read_completion(await desk.fields(request), client_of(request))
        ticket = desk.submit(
            request, desk.replies, wanted.wishes.client, lambda cancel: self._work(wanted, cancel)
        )
        shape = CompletionShape(wanted, desk.clock())
        if wanted.wishes.stream:
            return await desk.stream(ticket, shape.chunks)
        while not isinstance(event := await ticket.next(), Done):
            shape.take(event)
        return JSONResponse(shape.whole())

    def _work(self, wanted: CompletionRequest, cancel: CancelToken) -> Generator[Any, None, None]:
        entry, lease = yield from self._desk.models.lease(wanted.wishes.model, cancel)
        with lease:
            engine = lease.engine
            can, name = engine.info.capabilities, engine.info.name
            wanted.wishes.refuse_what_is_missing(can, name)
            if can.own_template:
                raise refused("model", f"{name} takes conversations only; use chat completions")
            if wanted.echo and wanted.wishes.alternatives is not None:
                no_scores = f"{name} tells no log-probabilities of prompts"
                require(can, "prompt_logits", "logprobs", no_scores)
            yield Begun(entry.name, engine.info.backend_build)
            for index, prompt in enumerate(wanted.prompts):
                yield from _completed(engine, wanted, index, prompt, cancel)


def _completed(
    engine: PooledEngine, wanted: CompletionRequest, index: int, prompt: Part, cancel: CancelToken
) -> Generator[Any, None, None]:
    wishes, scored = wanted.wishes, 0
    if wanted.echo:
        tokens = yield from _echo(engine, wishes, prompt, cancel)
        scored = len(tokens)
        yield Written(index, "".join(token.text for token in tokens), tokens)
    if wishes.max_tokens == 0:
        count = scored or engine.tokenize((prompt,), count_only=True).count
        yield Ended(index, "length", count)
        return
    request = Generate(
        engine.context.context, (prompt,), wishes.sampling, wishes.max_tokens, wishes.stop,
        lens_top=wishes.lens_top,
    )  # fmt: skip
    outcome: Generated = yield from _numbered(index, engine.generate(request, cancel))
    require_whole(outcome.stop_reason)
    yield Ended(
        index, outcome.stop_reason, outcome.prompt_tokens, outcome.cached_tokens,
        outcome.reply_tokens,
    )  # fmt: skip


def _echo(
    engine: PooledEngine, wishes: Wishes, prompt: Part, cancel: CancelToken
) -> Generator[Progress, None, tuple[TokenData, ...]]:
    """The tokens of the prompt; one that the model puts before it by itself is left out."""
    if wishes.alternatives is None:
        told = engine.tokenize((prompt,)).tokens
        tokens = tuple(TokenData(token.token_id, token.text) for token in told)
    else:
        request = ScorePrompt(engine.context.context, (prompt,), wishes.lens_top)
        tokens = (yield from engine.score_prompt(request, cancel)).tokens
    first = tokens[0].text if tokens else ""
    added = bool(prompt.text) and first == engine.info.bos_text and bool(first)
    return tokens[1:] if added and not prompt.text.startswith(first) else tokens


def _numbered(
    index: int, events: Generator[Progress | Delta, None, Generated]
) -> Generator[Any, None, Generated]:
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            outcome: Generated = end.value
            return outcome
        yield Written(index, event.text, event.tokens) if isinstance(event, Delta) else event
