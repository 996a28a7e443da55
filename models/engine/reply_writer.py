"""What every library's reply has in common: its prompt, its text as it grows, and its numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from models.engine.backend import Emit
from models.engine.lens import Lens
from models.engine.messages import (
    Alternative,
    Delta,
    Generate,
    Generated,
    StopReason,
    TokenData,
)
from models.engine.prompt_tokens import Vocabulary, begun_bytes, tokenize_parts
from models.engine.teller import Logits, Teller
from models.engine.text_stream import TextStream
from models.errors import UserError


class ReplyVocabulary(Vocabulary, Protocol):
    """Tokens of a loaded model."""

    n_tokens: int
    bos_id: int

    def shown(self, token_id: int) -> bytes:
        """The bytes a reply shows for a token: control tokens show nothing."""
        ...

    def ends_reply(self, token_id: int) -> bool: ...


class ReplyWriter:
    """Takes the tokens of one reply, emits their text and returns how it went."""

    def __init__(self, request: Generate, vocabulary: ReplyVocabulary, seed: int) -> None:
        self._request = request
        self._vocabulary = vocabulary
        self._seed = seed
        self._stream = TextStream(request.stop)
        self._lens = Lens(vocabulary.n_tokens)
        self._text: list[str] = []
        self._held: list[TokenData] = []
        self.n_tokens = 0
        self._started = time.monotonic()
        self._read_at = self._first_at = self._started

    def prompt_ids(self, n_ctx: int) -> list[int]:
        """The tokens of the prompt, at least one. Raises UserError where it cannot be answered."""
        parts, vocabulary = self._request.prompt, self._vocabulary
        prompt = [token.token_id for token in tokenize_parts(parts, vocabulary)]
        if not prompt:
            if not vocabulary.contains(vocabulary.bos_id):
                raise UserError("There is nothing to answer: the prompt is empty.")
            prompt = [vocabulary.bos_id]
        if len(prompt) >= n_ctx:
            raise UserError(
                f"The prompt has {len(prompt):,} tokens, but the context holds {n_ctx:,}.",
                "Shorten it, or load the model with a larger context.",
            )
        self._stream = TextStream(self._request.stop, begun_bytes(parts, vocabulary))
        return prompt

    @property
    def stopped(self) -> bool:
        """A stop string was found."""
        return self._stream.stopped

    def teller(self, emit: Emit) -> Teller:
        n_values = self._vocabulary.n_tokens if self._request.lens_top else 0
        return Teller(n_values, lambda *token: self._tell(emit, *token))

    def prompt_is_read(self) -> None:
        self._read_at = time.monotonic()

    def take(self, token: int, teller: Teller, logits: Callable[[], Any]) -> None:
        """One more token; `logits()` points at float32 [n_tokens] that it was drawn from."""
        self.n_tokens += 1
        if self.n_tokens == 1:
            self._first_at = time.monotonic()
        decoded, released = self._stream.push(self._vocabulary.shown(token))
        teller.put(token, decoded, released, logits)

    def finish(
        self, emit: Emit, reason: StopReason, prompt_tokens: int, cached_tokens: int
    ) -> Generated:
        """Call it when the teller has been left."""
        self._emit(emit, self._stream.flush(), final=True)
        ended = time.monotonic()
        return Generated(
            text="".join(self._text),
            stop_reason=reason,
            prompt_tokens=prompt_tokens,
            cached_tokens=cached_tokens,
            reply_tokens=self.n_tokens,
            time_to_first_token_s=self._first_at - self._started if self.n_tokens else None,
            prompt_s=self._read_at - self._started,
            generation_s=ended - self._first_at if self.n_tokens else 0.0,
            seed=self._seed,
        )

    # ---- on the teller's thread ----

    def _tell(
        self, emit: Emit, token: int, decoded: str, released: str, logits: Logits | None
    ) -> None:
        self._held.append(self._token_data(token, decoded, logits))
        self._emit(emit, released)

    def _emit(self, emit: Emit, text: str, final: bool = False) -> None:
        """Tokens travel with the text they belong to; what a stop string swallowed stays back."""
        if text or (final and self._held and not self._stream.stopped):
            emit(Delta(text, tuple(self._held)))
            self._text.append(text)
            self._held.clear()

    def _token_data(self, token: int, decoded: str, logits: Logits | None) -> TokenData:
        if logits is None:
            return TokenData(token, decoded)
        step = self._lens.step(logits, token, self._request.lens_top)
        top = tuple(
            Alternative(i, self._vocabulary.piece(i).decode("utf-8", "replace"), p)
            for i, p in zip(step.top_ids, step.top_logprobs, strict=True)
        )
        return TokenData(token, decoded, step.logprob, step.entropy, top)
