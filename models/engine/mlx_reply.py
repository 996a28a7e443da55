"""One reply of an MLX model, from its prompt to its last token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.engine.backend import CancelFlag, Emit
from models.engine.messages import Generate, Generated, Progress, StopReason
from models.engine.mlx_context import MlxContext
from models.engine.mlx_library import MlxLibrary
from models.engine.mlx_sampling import MlxSampler
from models.engine.mlx_vocabulary import MlxVocabulary
from models.engine.reply_writer import ReplyWriter
from models.engine.teller import Teller
from models.errors import UserError


@dataclass(frozen=True)
class Draw:
    """Arrays that MLX may still be working out: a token and the logits it comes from."""

    token: Any
    logits: Any


class MlxReply:
    def __init__(
        self,
        library: MlxLibrary,
        vocabulary: MlxVocabulary,
        context: MlxContext,
        request: Generate,
        seed: int,
    ) -> None:
        if request.grammar or request.json_schema:
            raise UserError(
                "MLX models cannot be held to a form.", "Use a GGUF file of this model for that."
            )
        self._library = library
        self._vocabulary = vocabulary
        self._context = context
        self._request = request
        self._sampler = MlxSampler(library, request.sampling, seed)
        self._writer = ReplyWriter(request, vocabulary, seed)
        self._values: Any = None  # kept while it is copied from

    def run(self, emit: Emit, cancel: CancelFlag) -> Generated:
        """Read the prompt, then generate; what is told of each token is worked out beside."""
        context, writer = self._context, self._writer
        prompt = writer.prompt_ids(context.n_ctx)
        cached = context.keep_prefix(prompt, self._request.reuse_cache)
        try:
            with writer.teller(emit) as teller:
                reason = self._read_prompt(prompt, cached, emit, cancel)
                if reason is None:
                    reason = self._generate(prompt[-1], teller, cancel)
        except BaseException:
            context.forget()  # a token may be in the cache that nobody noted
            raise
        return writer.finish(emit, reason, len(prompt), cached)

    def _read_prompt(
        self, prompt: list[int], cached: int, emit: Emit, cancel: CancelFlag
    ) -> StopReason | None:
        def on_chunk(done: int) -> None:
            emit(Progress("prompt", cached + done, len(prompt)))

        whole = self._context.read(prompt[cached:-1], cancel, on_chunk)
        on_chunk(len(prompt) - cached - 1)
        self._writer.prompt_is_read()
        return None if whole else "cancelled"

    def _generate(self, last: int, teller: Teller, cancel: CancelFlag) -> StopReason:
        """The next token is begun before this one is looked at, so that the device never waits."""
        context, writer, limit = self._context, self._writer, self._request.max_tokens
        draw = self._draw(self._library.mx.array([last])) if limit else None
        context.tokens += [last] if limit else []
        while draw is not None:
            is_full = len(context.tokens) >= context.n_ctx
            is_last = is_full or writer.n_tokens + 1 == limit
            following = None if is_last else self._draw(draw.token)
            token = int(draw.token.item())
            context.tokens += [] if is_last else [token]
            if cancel.is_set:
                return "cancelled"
            if self._vocabulary.ends_reply(token):
                return "end"
            self._take(token, draw, teller)
            if writer.stopped:
                return "stop"
            if is_full:
                return "context_full"
            draw = following
        return "length"

    def _draw(self, token: Any) -> Draw:
        logits = self._context.step(token)
        draw = Draw(self._sampler.draw(logits), logits)
        self._library.mx.async_eval(draw.token, draw.logits)
        return draw

    def _take(self, token: int, draw: Draw, teller: Teller) -> None:
        def logits() -> int:
            self._values = np.asarray(draw.logits)
            return int(self._values.ctypes.data)

        self._writer.take(token, teller, logits)
