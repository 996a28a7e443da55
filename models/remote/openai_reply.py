"""One reply of a server, from the request to its last chunk."""

from __future__ import annotations

import time
from contextlib import closing

from models.engine.backend import Emit
from models.engine.messages import Delta, Generate, Generated, StopReason, TokenData
from models.engine.text_stream import TextStream
from models.errors import Cancelled
from models.remote.channel import Cancel
from models.remote.openai_api import Body, OpenAiApi
from models.remote.openai_stream import Chunk, Usage
from models.remote.thoughts import ThoughtJoiner

TOOL_NOTE = "The model asked for a tool; Assay has none to give it."
FILTER_NOTE = "The server held back the rest of the reply: its filter took offence."


class OpenAiReply:
    """Emits text as it comes and returns how it went."""

    def __init__(self, request: Generate, seed: int, notes: tuple[str, ...]) -> None:
        self._request = request
        self._seed = seed
        self._notes = notes
        self._stream = TextStream(request.stop)
        self._joiner = ThoughtJoiner()
        self._text: list[str] = []
        self._held: list[TokenData] = []
        self._n_tokens = self._n_chunks = 0
        self._usage = Usage()
        self._finish = ""
        self._started = time.monotonic()
        self._first_at: float | None = None

    def run(self, api: OpenAiApi, body: Body, emit: Emit, cancel: Cancel) -> Generated:
        reason: StopReason | None = None
        try:
            with closing(api.reply(body, cancel)) as arriving:
                for chunk in arriving:
                    self._take(chunk, emit)
                    if self._stream.stopped:
                        reason = "stop"
                        break
        except Cancelled:
            reason = "cancelled"
        self._emit(emit, self._stream.flush())
        return self._outcome(reason or self._reason())

    def _take(self, chunk: Chunk, emit: Emit) -> None:
        self._usage = chunk.usage or self._usage
        self._finish = chunk.finish or self._finish
        text = self._joiner.text_of(chunk.thinking, chunk.text)
        if not text and not chunk.tokens:
            return
        self._first_at = self._first_at or time.monotonic()
        self._n_chunks += bool(text)
        self._n_tokens += len(chunk.tokens)
        if self._request.lens_top:
            self._held.extend(chunk.tokens)
        self._emit(emit, self._stream.push(text.encode(errors="replace"))[1])

    def _emit(self, emit: Emit, text: str) -> None:
        """Tokens travel with the text they belong to; what a stop string swallowed stays back."""
        if text or (self._held and not self._stream.stopped):
            emit(Delta(text, tuple(self._held)))
            self._text.append(text)
            self._held.clear()

    def _reason(self) -> StopReason:
        """The server says "length" for its own limits, too."""
        if self._finish != "length":
            return "end"
        limit = self._request.max_tokens
        is_ours = limit >= 0 and (not self._usage.reply_tokens or self._reply_tokens >= limit)
        return "length" if is_ours else "context_full"

    @property
    def _reply_tokens(self) -> int:
        """As the server counts; else as many as it told of, a chunk mostly being one."""
        return self._usage.reply_tokens or self._n_tokens or self._n_chunks

    def _outcome(self, reason: StopReason) -> Generated:
        first, ended = self._first_at, time.monotonic()
        told = {"tool_calls": (TOOL_NOTE,), "content_filter": (FILTER_NOTE,)}
        return Generated(
            text="".join(self._text),
            stop_reason=reason,
            prompt_tokens=self._usage.prompt_tokens,
            cached_tokens=self._usage.cached_tokens,
            reply_tokens=self._reply_tokens,
            time_to_first_token_s=None if first is None else first - self._started,
            prompt_s=(first or ended) - self._started,
            generation_s=0.0 if first is None else ended - first,
            seed=self._seed,
            notes=(*self._notes, *told.get(self._finish, ())),
        )
