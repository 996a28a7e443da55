"""GGUF models through llama.cpp's low-level interface."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from models.engine import llama_library
from models.engine.backend import CancelFlag, Emit
from models.engine.llama_model import LlamaModel, load_model
from models.engine.llama_numbers import Embedder, PromptScorer
from models.engine.llama_open_contexts import OpenContexts
from models.engine.llama_reply import LlamaReply
from models.engine.llama_rows import LlamaRows
from models.engine.llama_timing import TokenTimer
from models.engine.llama_windows import next_logits, window_logits
from models.engine.messages import (
    DEFAULT_N_CTX,
    CompareWindow,
    ContextInfo,
    Embed,
    Embedded,
    Generate,
    Generated,
    GenerateMany,
    Load,
    ManyDone,
    ModelInfo,
    NextRead,
    OpenContext,
    Part,
    PromptScores,
    ReadNext,
    ReadWindow,
    RowResult,
    ScorePrompt,
    TimeTokens,
    Tokenize,
    Tokenized,
    TokensTimed,
    VocabularyFacts,
    WindowCompared,
    WindowRead,
)
from models.engine.prompt_tokens import text_of, tokenize_parts, tokenized
from models.engine.vocabulary_facts import vocabulary_facts
from models.engine.window_numbers import (
    compare_window,
    read_next,
    read_window,
    refuse_misfit,
)
from models.errors import UserError


class LlamaBackend:
    def __init__(self) -> None:
        self._library = llama_library.library()
        self._log = llama_library.NativeLog(self._library)
        self._loaded: LlamaModel | None = None
        self._contexts: OpenContexts | None = None

    def load(self, request: Load, emit: Emit, cancel: CancelFlag) -> ModelInfo:
        started = time.monotonic()
        model = self._loaded = load_model(self._library, self._log, request, emit, cancel)
        self._contexts = OpenContexts(model)
        self._contexts.probe(request.settings)
        return model.describe(request, time.monotonic() - started)

    def open_context(self, request: OpenContext) -> ContextInfo:
        return self._open.open(request)

    def close_context(self, name: str) -> None:
        self._open.close(name)

    # ---- requests ----

    def generate(self, request: Generate, emit: Emit, cancel: CancelFlag) -> Generated:
        context = self._open.get(request.context)
        seed = request.sampling.seed if request.sampling.seed >= 0 else secrets.randbits(31)
        reply = LlamaReply(self._library, self._model.vocabulary, context, request, seed)
        return reply.run(emit, cancel)

    def generate_many(
        self, request: GenerateMany, emit: Callable[[RowResult], None], cancel: CancelFlag
    ) -> ManyDone:
        context = self._open.get(request.context)
        rows = LlamaRows(self._library, self._model.vocabulary, context, request)
        return rows.run(emit, cancel)

    def score_prompt(self, request: ScorePrompt, emit: Emit, cancel: CancelFlag) -> PromptScores:
        context, vocabulary = self._open.get(request.context), self._model.vocabulary
        scorer = PromptScorer(self._library, vocabulary, context, request.top)
        return PromptScores(scorer.run(self._ids(request.prompt), request.first, emit, cancel))

    def read_next(self, request: ReadNext, emit: Emit, cancel: CancelFlag) -> NextRead:
        context, vocabulary = self._open.get(request.context), self._model.vocabulary
        ids = self._ids(request.prompt)
        logits = next_logits(self._library, context, vocabulary.n_tokens, ids, emit, cancel)
        return read_next(request, len(ids), logits, vocabulary)

    def read_window(self, request: ReadWindow, cancel: CancelFlag) -> WindowRead:
        return read_window(request, self._window(request, cancel), cancel)

    def compare_window(self, request: CompareWindow, cancel: CancelFlag) -> WindowCompared:
        return compare_window(request, self._window(request, cancel), cancel)

    def _window(self, request: ReadWindow | CompareWindow, cancel: CancelFlag) -> Iterator[Any]:
        context, vocabulary = self._open.get(request.context), self._model.vocabulary
        n_vocab = vocabulary.n_tokens
        refuse_misfit(request, vocabulary, n_vocab, context.n_ctx)
        return window_logits(
            self._library, context, n_vocab, request.token_ids, request.first, cancel
        )

    def describe_vocabulary(self) -> VocabularyFacts:
        vocabulary = self._model.vocabulary
        return vocabulary_facts(vocabulary, vocabulary.n_tokens, vocabulary.bos_id)

    def time_tokens(self, request: TimeTokens, cancel: CancelFlag) -> TokensTimed:
        context, vocabulary = self._open.get(request.context), self._model.vocabulary
        begins = self._library.llama_vocab_get_add_bos(vocabulary.pointer)
        first = vocabulary.bos_id if begins else -1
        return TokenTimer(self._library, context, vocabulary.n_tokens, first).run(request, cancel)

    def embed(self, request: Embed, cancel: CancelFlag) -> Embedded:
        """In a context of its own, as large as the longest text and gone afterwards."""
        model, texts = self._model, [self._ids(text) for text in request.texts]
        longest = max(map(len, texts), default=0)
        most = request.settings.n_ctx or min(DEFAULT_N_CTX, model.n_ctx_train)
        if not 0 < min(map(len, texts), default=0) <= longest <= most:
            raise UserError(
                f"Each text needs 1 to {most:,} tokens; the longest has {longest:,}.",
                "Cut it into pieces, or load the model with a larger context.",
            )
        # As the file says; chat models say nothing, and the mean over their tokens is taken.
        pooling = model.meta_of_kind("pooling_type", self._library.LLAMA_POOLING_TYPE_MEAN)
        context = self._open.make(longest, 1, request.settings, pooling)
        try:
            return Embedded(Embedder(self._library, context, model.n_values).run(texts, cancel))
        finally:
            context.close()

    def _ids(self, parts: Sequence[Part]) -> list[int]:
        return [token.token_id for token in tokenize_parts(parts, self._model.vocabulary)]

    def tokenize(self, request: Tokenize) -> Tokenized:
        return tokenized(request, self._model.vocabulary)

    def detokenize(self, token_ids: Sequence[int]) -> str:
        return text_of(token_ids, self._model.vocabulary)

    @property
    def _model(self) -> LlamaModel:
        if self._loaded is None:
            raise _nothing_loaded()
        return self._loaded

    @property
    def _open(self) -> OpenContexts:
        if self._contexts is None:
            raise _nothing_loaded()
        return self._contexts


def _nothing_loaded() -> UserError:
    return UserError("No model is loaded in this engine.")
