"""One reply of a GGUF model, from its prompt to its last token."""

from __future__ import annotations

import time
from typing import Any

from models.engine.backend import CancelFlag, Emit
from models.engine.lens import Lens
from models.engine.llama_context import LlamaContext
from models.engine.llama_sampling import build_chain
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.messages import (
    Alternative,
    Delta,
    Generate,
    Generated,
    Progress,
    StopReason,
    TokenData,
)
from models.engine.prompt_tokens import begun_bytes, tokenize_parts
from models.engine.teller import Logits, Teller
from models.engine.text_stream import TextStream
from models.errors import UserError


class LlamaReply:
    def __init__(
        self,
        library: Any,
        vocabulary: LlamaVocabulary,
        context: LlamaContext,
        request: Generate,
        seed: int,
    ) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._context = context
        self._request = request
        self._seed = seed
        self._stream = TextStream(request.stop)
        self._lens = Lens(vocabulary.n_tokens)
        self._text: list[str] = []
        self._held: list[TokenData] = []
        self._count = 0
        self._started = time.monotonic()
        self._read_at = self._first_at = self._started

    def run(self, emit: Emit, cancel: CancelFlag) -> Generated:
        """Read the prompt, then generate; what is told of each token is worked out beside."""
        prompt = self._prompt_ids()
        begun = begun_bytes(self._request.prompt, self._vocabulary)
        self._stream = TextStream(self._request.stop, begun)
        library, context = self._library, self._context
        chain = build_chain(
            library, self._vocabulary.pointer, self._request.sampling, self._seed,
            self._request.grammar, context.n_ctx,
        )  # fmt: skip
        context.watch(cancel)
        try:
            cached = context.keep_prefix(prompt, self._request.reuse_cache)
            with self._teller(emit) as teller:
                reason = self._read_prompt(prompt, cached, emit, cancel)
                if reason is None:
                    reason = self._generate(chain, teller, cancel)
        finally:
            context.unwatch(cancel)
            library.llama_sampler_free(chain)
        self._emit(emit, self._stream.flush(), final=True)
        return self._outcome(reason, len(prompt), cached)

    def _prompt_ids(self) -> list[int]:
        prompt = [t.token_id for t in tokenize_parts(self._request.prompt, self._vocabulary)]
        if bad := [i for i in prompt if not self._vocabulary.contains(i)]:
            raise UserError(f"This model has no token with the number {bad[0]}.")
        if not prompt:
            if not self._vocabulary.contains(self._vocabulary.bos_id):
                raise UserError("There is nothing to answer: the prompt is empty.")
            prompt = [self._vocabulary.bos_id]
        if len(prompt) >= self._context.n_ctx:
            raise UserError(
                f"The prompt has {len(prompt):,} tokens, but the context holds "
                f"{self._context.n_ctx:,}.",
                "Shorten it, or load the model with a larger context.",
            )
        return prompt

    def _read_prompt(
        self, prompt: list[int], cached: int, emit: Emit, cancel: CancelFlag
    ) -> StopReason | None:
        def on_chunk(done: int) -> None:
            emit(Progress("prompt", cached + done, len(prompt)))

        whole = self._context.read(prompt[cached:], cancel, on_chunk)
        self._read_at = time.monotonic()
        return None if whole else "cancelled"

    def _teller(self, emit: Emit) -> Teller:
        n_values = self._vocabulary.n_tokens if self._request.lens_top else 0
        return Teller(n_values, lambda *token: self._tell(emit, *token))

    def _generate(self, chain: Any, teller: Teller, cancel: CancelFlag) -> StopReason:
        sample, limit = self._library.llama_sampler_sample, self._request.max_tokens
        context, vocabulary = self._context, self._vocabulary
        while limit < 0 or self._count < limit:
            if cancel.is_set:
                return "cancelled"
            token = sample(chain, context.pointer, -1)
            if vocabulary.ends_reply(token):
                return "end"
            self._take(token, teller)
            if self._stream.stopped:
                return "stop"
            if len(context.tokens) >= context.n_ctx:
                return "context_full"
            if limit >= 0 and self._count >= limit:
                break
            if not context.read_one(token):
                return "cancelled"
        return "length"

    def _take(self, token: int, teller: Teller) -> None:
        self._count += 1
        if self._count == 1:
            self._first_at = time.monotonic()
        decoded, released = self._stream.push(self._vocabulary.shown(token))
        teller.put(token, decoded, released, self._context.logits_pointer)

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

    def _outcome(self, reason: StopReason, prompt_tokens: int, cached: int) -> Generated:
        ended = time.monotonic()
        return Generated(
            text="".join(self._text),
            stop_reason=reason,
            prompt_tokens=prompt_tokens,
            cached_tokens=cached,
            reply_tokens=self._count,
            time_to_first_token_s=self._first_at - self._started if self._count else None,
            prompt_s=self._read_at - self._started,
            generation_s=ended - self._first_at if self._count else 0.0,
            seed=self._seed,
        )
