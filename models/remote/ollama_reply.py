"""One reply of Ollama as its lines arrive: text with thinking marked, tokens, and its figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import ollama

from models.engine.messages import Alternative, Delta, StopReason, TokenData
from models.engine.text_stream import TextStream
from models.remote.thoughts import ThoughtJoiner

NS = 1e9


def text_of(chunk: ollama.ChatResponse, joiner: ThoughtJoiner) -> str:
    """Ollama tells thoughts apart from the answer; Assay keeps them in the text, between tags."""
    return joiner.text_of(chunk.message.thinking or "", chunk.message.content or "")


class OllamaReply:
    """Takes chunks until the reply ends; stop strings are found here, because Ollama does not
    tell whether one of them or the model ended it."""

    def __init__(
        self, stop: Sequence[str], id_of: Callable[[str], int | None], emit: Callable[[Delta], None]
    ) -> None:
        self._stream = TextStream(stop)
        self._joiner = ThoughtJoiner()
        self._id_of = id_of
        self._emit = emit
        self._held: list[TokenData] = []
        self._text: list[str] = []
        self._started = time.monotonic()
        self._first_at: float | None = None
        self.n_chunks = 0
        self.last: ollama.ChatResponse | None = None

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def stopped(self) -> bool:
        """A stop string was found."""
        return self._stream.stopped

    def take(self, chunk: ollama.ChatResponse) -> None:
        text = text_of(chunk, self._joiner)
        if text:
            self.n_chunks += 1
            self._first_at = self._first_at or time.monotonic()
        _, released = self._stream.push(text.encode())
        self._held += self._tokens(chunk, text)
        self._tell(released)
        if chunk.done:
            self.last = chunk

    def finish(self) -> None:
        self._tell(self._stream.flush(), final=True)

    def _tell(self, text: str, final: bool = False) -> None:
        """Tokens travel with the text they belong to; what a stop string swallowed stays back."""
        if text or (final and self._held and not self.stopped):
            self._text.append(text)
            self._emit(Delta(text, tuple(self._held)))
            self._held.clear()

    def _tokens(self, chunk: ollama.ChatResponse, text: str) -> list[TokenData]:
        told = chunk.logprobs or ()
        spelled = [each.token for each in told]
        if "".join(spelled) != text:  # halves of a character come as one: the last brings it
            spelled = ["" for _ in told[:-1]] + [text]
        return [self._token(each, part) for each, part in zip(told, spelled, strict=False)]

    def _token(self, told: ollama._types.Logprob, text: str) -> TokenData:
        others = told.top_logprobs or ()
        top = tuple(
            Alternative(self._number(other.token, rank), other.token, other.logprob)
            for rank, other in enumerate(others)
        )
        number = next((a.token_id for a in top if a.text == told.token), None)
        if number is None:
            number = self._number(told.token, len(top))
        return TokenData(number, text, told.logprob, None, top)

    def _number(self, text: str, rank: int) -> int:
        """The id of a token; where the tokenizer is not known, a negative number that tells it
        apart from the other choices at its place."""
        known = self._id_of(text)
        return -1 - rank if known is None else known

    # ---- figures ----

    @property
    def time_to_first_token_s(self) -> float | None:
        return None if self._first_at is None else self._first_at - self._started

    @property
    def generation_s(self) -> float:
        if self.last and self.last.eval_duration:
            return self.last.eval_duration / NS
        return 0.0 if self._first_at is None else time.monotonic() - self._first_at

    @property
    def prompt_s(self) -> float:
        return (self.last.prompt_eval_duration or 0) / NS if self.last else 0.0

    @property
    def n_tokens(self) -> int:
        return (self.last.eval_count if self.last else None) or self.n_chunks

    def reason(self, max_tokens: int) -> StopReason:
        """Why it ended, when it was not stopped from here."""
        if self.stopped:
            return "stop"
        if self.last is None or self.last.done_reason != "length":
            return "end"
        return "length" if 0 <= max_tokens <= self.n_tokens else "context_full"
