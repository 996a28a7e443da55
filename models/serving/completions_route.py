"""POST /v1/completions: raw prompts, with their log-probabilities where `echo` asks for them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
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
    StopReason,
    TokenData,
)
from models.engine.pool import PooledEngine
from models.serving.desk import Begun, Desk, client_of, require_whole
from models.serving.fields import Fields, refused
from models.serving.lane import Done
from models.serving.shapes import finish_reason, legacy_logprobs, usage
from models.serving.wishes import MOST_ALTERNATIVES, MOST_TOKENS, Wishes, read_wishes

USUAL_TOKENS = 16  # OpenAI's own default here
MOST_PROMPTS = 64


@dataclass(frozen=True)
class CompletionRequest:
    prompts: tuple[Part, ...]
    wishes: Wishes
    echo: bool


@dataclass(frozen=True)
class Written:
    """A stretch of choice `index`: of its prompt, which `echo` repeats, or of what follows."""

    index: int
    text: str
    tokens: tuple[TokenData, ...] = ()


@dataclass(frozen=True)
class Ended:
    """Choice `index` is complete."""

    index: int
    reason: StopReason
    prompt_tokens: int
    cached_tokens: int = 0
    reply_tokens: int = 0


def read_completion(fields: Fields, client: str) -> CompletionRequest:
    """Raises ApiError for what is wrong, and for what Assay cannot do and would change a reply."""
    fields.only("best_of", 1, because="One reply is written for each prompt: best_of can only be 1")
    fields.only("suffix", "", because="Assay writes no middles: leave suffix out")
    prompts = _prompts(fields.take("prompt"))
    alternatives = fields.take("logprobs")
    if alternatives is not None:
        alternatives = Fields({"logprobs": alternatives}).whole("logprobs", 0, 0, MOST_ALTERNATIVES)
    most = fields.whole("max_tokens", USUAL_TOKENS, 0, MOST_TOKENS)
    wishes = read_wishes(fields, client, most, alternatives)
    request = CompletionRequest(prompts, wishes, fields.flag("echo"))
    fields.finish()
    return request


def _prompts(given: Any) -> tuple[Part, ...]:
    """A text, token ids, or a list of either. The caller writes control tokens, if any."""
    prompts = given if isinstance(given, list) and not _is_ids(given) else [given]
    if not 0 < len(prompts) <= MOST_PROMPTS:
        raise refused("prompt", f"prompt can hold 1 to {MOST_PROMPTS} prompts")
    return tuple(_prompt(each) for each in prompts)


def _prompt(given: Any) -> Part:
    if isinstance(given, str) and given:
        return Part(given, control=True)
    if isinstance(given, list) and given and _is_ids(given):
        return Part(token_ids=tuple(given))
    raise refused("prompt", "prompt has to be a text, a list of token ids, or a list of these")


def _is_ids(given: list[Any]) -> bool:
    return all(type(each) is int and each >= 0 for each in given)


class CompletionsRoute:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, request: Request) -> Response:
        desk = self._desk
        wanted = read_completion(await desk.fields(request), client_of(request))
        ticket = desk.submit(
            request, desk.replies, wanted.wishes.client, lambda cancel: self._work(wanted, cancel)
        )
        shape = _CompletionShape(wanted, int(desk.clock()))
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
            if wanted.echo and wanted.wishes.alternatives is not None and not can.prompt_logits:
                raise refused("logprobs", f"{name} tells no log-probabilities of prompts")
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


class _CompletionShape:
    """Events of all choices in the shapes of a completion."""

    def __init__(self, wanted: CompletionRequest, created: int) -> None:
        self._wishes = wanted.wishes
        self._head: dict[str, Any] = {
            "id": f"cmpl-{secrets.token_hex(12)}", "object": "text_completion", "created": created,
        }  # fmt: skip
        count = len(wanted.prompts)
        self._texts = [""] * count
        self._tokens: list[list[TokenData]] = [[] for _ in range(count)]
        self._ends: list[Ended] = []

    def take(self, event: Any) -> None:
        if isinstance(event, Begun):
            self._head |= {"model": event.model, "system_fingerprint": event.build}
        elif isinstance(event, Written):
            self._texts[event.index] += event.text
            self._tokens[event.index] += event.tokens
        elif isinstance(event, Ended):
            self._ends.append(event)

    def whole(self) -> dict[str, Any]:
        choices = [
            self._choice(
                end.index, self._texts[end.index], self._tokens[end.index], 0,
                finish_reason(end.reason),
            )
            for end in self._ends
        ]  # fmt: skip
        return {**self._head, "choices": choices, "usage": self._usage()}

    async def chunks(self, events: AsyncIterator[Any]) -> AsyncIterator[dict[str, Any]]:
        async for event in events:
            for chunk in self._chunks_of(event):
                yield chunk

    def _chunks_of(self, event: Any) -> Iterator[dict[str, Any]]:
        if isinstance(event, Written):
            at = sum(len(token.text) for token in self._tokens[event.index])
            yield self._chunk([self._choice(event.index, event.text, event.tokens, at, None)])
        elif isinstance(event, Ended):
            reason = finish_reason(event.reason)
            yield self._chunk([self._choice(event.index, "", (), 0, reason)])
        elif isinstance(event, Done) and self._wishes.include_usage:
            yield {**self._head, "choices": [], "usage": self._usage()}
        self.take(event)

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        chunk = {**self._head, "choices": choices}
        return {**chunk, "usage": None} if self._wishes.include_usage else chunk

    def _choice(
        self, index: int, text: str, tokens: list[TokenData] | tuple[TokenData, ...], offset: int,
        reason: str | None,
    ) -> dict[str, Any]:  # fmt: skip
        wanted = self._wishes.alternatives
        logprobs = None
        if wanted is not None and (tokens or reason is None or offset == 0):
            logprobs = legacy_logprobs(tokens, wanted, offset)
        return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": reason}

    def _usage(self) -> dict[str, Any]:
        return usage(
            sum(end.prompt_tokens for end in self._ends),
            sum(end.cached_tokens for end in self._ends),
            sum(end.reply_tokens for end in self._ends),
        )
