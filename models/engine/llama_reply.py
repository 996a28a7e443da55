"""One reply of a GGUF model, from its prompt to its last token."""

from __future__ import annotations

from typing import Any

from models.engine.backend import CancelFlag, Emit
from models.engine.llama_context import LlamaContext
from models.engine.llama_sampling import build_chain
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.messages import Generate, Generated, Progress, StopReason
from models.engine.reply_writer import ReplyWriter
from models.engine.teller import Teller


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
        self._writer = ReplyWriter(request, vocabulary, seed)

    def run(self, emit: Emit, cancel: CancelFlag) -> Generated:
        """Read the prompt, then generate; what is told of each token is worked out beside."""
        library, context, writer = self._library, self._context, self._writer
        prompt = writer.prompt_ids(context.n_ctx)
        chain = build_chain(
            library, self._vocabulary.pointer, self._request.sampling, self._seed,
            self._request.grammar, context.n_ctx,
        )  # fmt: skip
        context.watch(cancel)
        try:
            cached = context.keep_prefix(prompt, self._request.reuse_cache)
            with writer.teller(emit) as teller:
                reason = self._read_prompt(prompt, cached, emit, cancel)
                if reason is None:
                    reason = self._generate(chain, teller, cancel)
        finally:
            context.unwatch(cancel)
            library.llama_sampler_free(chain)
        return writer.finish(emit, reason, len(prompt), cached)

    def _read_prompt(
        self, prompt: list[int], cached: int, emit: Emit, cancel: CancelFlag
    ) -> StopReason | None:
        def on_chunk(done: int) -> None:
            emit(Progress("prompt", cached + done, len(prompt)))

        whole = self._context.read(prompt[cached:], cancel, on_chunk)
        self._writer.prompt_is_read()
        return None if whole else "cancelled"

    def _generate(self, chain: Any, teller: Teller, cancel: CancelFlag) -> StopReason:
        sample, limit = self._library.llama_sampler_sample, self._request.max_tokens
        context, vocabulary, writer = self._context, self._vocabulary, self._writer
        while limit < 0 or writer.n_tokens < limit:
            if cancel.is_set:
                return "cancelled"
            token = sample(chain, context.pointer, -1)
            if vocabulary.ends_reply(token):
                return "end"
            writer.take(token, teller, context.logits_pointer)
            if writer.stopped:
                return "stop"
            if len(context.tokens) >= context.n_ctx:
                return "context_full"
            if limit >= 0 and writer.n_tokens >= limit:
                break
            if not context.read_one(token):
                return "cancelled"
        return "length"
