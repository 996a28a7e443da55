"""What a completion has brought, in the shapes of OpenAI's answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from models.engine.messages import StopReason, TokenData
from models.serving.completion_request import CompletionRequest
from models.serving.desk import Begun
from models.serving.lane import Done
from models.serving.shapes import finish_reason, head, legacy_logprobs, origin, usage


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


class CompletionShape:
    """Events of all choices in the shapes of a completion."""

    def __init__(self, wanted: CompletionRequest, created: float) -> None:
        self._wishes = wanted.wishes
        self._head: dict[str, Any] = {**head("cmpl", created), "object": "text_completion"}
        count = len(wanted.prompts)
        self._texts = [""] * count
        self._tokens: list[list[TokenData]] = [[] for _ in range(count)]
        self._ends: list[Ended] = []

    def take(self, event: Any) -> None:
        if isinstance(event, Begun):
            self._head |= origin(event.model, event.build)
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
        logprobs = None if wanted is None else legacy_logprobs(tokens, wanted, offset)
        return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": reason}

    def _usage(self) -> dict[str, Any]:
        return usage(
            sum(end.prompt_tokens for end in self._ends),
            sum(end.cached_tokens for end in self._ends),
            sum(end.reply_tokens for end in self._ends),
        )
