"""GGUF models through llama.cpp's low-level interface."""

from __future__ import annotations

import ctypes
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from models.amounts import size_text
from models.engine import llama_library
from models.engine.backend import CancelFlag, Emit
from models.engine.llama_context import LlamaContext
from models.engine.llama_numbers import Embedder, PromptScorer
from models.engine.llama_reply import LlamaReply
from models.engine.llama_rows import LlamaRows
from models.engine.llama_timing import TokenTimer
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.llama_windows import next_logits, window_logits
from models.engine.messages import (
    CACHE_VALUE_BYTES,
    DEFAULT_N_CTX,
    Capabilities,
    CompareWindow,
    ContextInfo,
    Embed,
    Embedded,
    Generate,
    Generated,
    GenerateMany,
    Load,
    LoadSettings,
    ManyDone,
    ModelInfo,
    NextRead,
    OpenContext,
    Part,
    Progress,
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
from models.errors import Cancelled, UserError
from models.hardware.memory_peak import peak_bytes

FLASH = {"auto": -1, "off": 0, "on": 1}
ALL_LAYERS = 999
CAPABILITIES = Capabilities(
    prompt_logits=True,
    token_logprobs=True,
    grammar=True,
    seed=True,
    embeddings=True,
    exact_tokenizer=True,
)


class LlamaBackend:
    def __init__(self) -> None:
        self._library = llama_library.library()
        self._log = llama_library.NativeLog(self._library)
        self._model: Any = None
        self._contexts: dict[str, LlamaContext] = {}
        self._vocabulary: LlamaVocabulary | None = None

    # ---- loading ----

    def load(self, request: Load, emit: Emit, cancel: CancelFlag) -> ModelInfo:
        started = time.monotonic()
        self._refuse_missing(request.model)
        self._model = self._load_weights(request, emit, cancel)
        self._vocabulary = LlamaVocabulary(self._library, self._model)
        self._probe(request.settings)
        return self._describe(request, time.monotonic() - started)

    def _refuse_missing(self, model: str) -> None:
        if not Path(model).is_file():
            raise UserError(
                f"The file {Path(model).name} is not there any more.",
                "Choose it again where it is now, or remove it from the list.",
            )

    def _load_weights(self, request: Load, emit: Emit, cancel: CancelFlag) -> Any:
        settings, lib = request.settings, self._library
        self._log.start()

        def on_progress(share: float, _data: Any) -> bool:
            emit(Progress("load", round(share * 1000), 1000))
            return not cancel.is_set

        params = lib.llama_model_default_params()
        params.n_gpu_layers = ALL_LAYERS if settings.gpu_layers < 0 else settings.gpu_layers
        params.load_mode = lib.LLAMA_LOAD_MODE_MMAP if settings.use_mmap else 0
        params.use_extra_bufts = settings.use_extra_bufts
        params.progress_callback = callback = lib.llama_progress_callback(on_progress)
        model = lib.llama_model_load_from_file(os.fsencode(request.model), params)
        del callback
        if model:
            return model
        if cancel.is_set:
            raise Cancelled
        raise self._load_error(request.model)

    def _load_error(self, model: str) -> UserError:
        name, problem = Path(model).name, self._log.problem
        if "unknown model architecture" in problem or "unknown pre-tokenizer" in problem:
            what = problem.rsplit(":", 1)[-1].strip()
            return UserError(
                f"{name} is of a kind that this engine does not know yet ({what}).",
                "A newer version of Assay may know it.",
            )
        return UserError(
            f"{name} could not be loaded: {problem or 'the engine gave no reason'}.",
            "The file may be damaged or incomplete; compare its size with its source.",
        )

    def _probe(self, settings: LoadSettings) -> None:
        """One decode, so that a kernel this machine cannot run fails here and not in a chat."""
        context = self._make_context(32, 1, settings)
        token = self._vocabulary_or_raise().bos_id
        context.read_one(token if self._vocabulary_or_raise().contains(token) else 0)
        context.close()

    def _describe(self, request: Load, load_s: float) -> ModelInfo:
        lib, model, vocabulary = self._library, self._model, self._vocabulary_or_raise()
        template = lib.llama_model_chat_template(model, None)
        return ModelInfo(
            model=request.model,
            name=self._meta("general.name") or Path(request.model).stem,
            backend="llama.cpp",
            backend_build=llama_library.build_name(),
            architecture=self._meta("general.architecture"),
            n_ctx_train=lib.llama_model_n_ctx_train(model),
            n_vocab=vocabulary.n_tokens,
            n_params=lib.llama_model_n_params(model),
            weights_bytes=lib.llama_model_size(model),
            chat_template=(template or b"").decode("utf-8", "replace"),
            bos_text=vocabulary.bos_text,
            eos_text=vocabulary.eos_text,
            device=", ".join(dict.fromkeys(self._log.devices)) or "CPU",
            load_s=load_s,
            peak_memory_bytes=peak_bytes(),
            conservative=not request.settings.use_extra_bufts,
            capabilities=CAPABILITIES,
        )

    def _meta(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(1024)
        size = self._library.llama_model_meta_val_str(self._model, key.encode(), buffer, 1024)
        return buffer.value.decode("utf-8", "replace") if size > 0 else ""

    # ---- contexts ----

    def open_context(self, request: OpenContext) -> ContextInfo:
        self.close_context(request.context)
        trained = self._library.llama_model_n_ctx_train(self._model)
        n_ctx = request.n_ctx or min(DEFAULT_N_CTX, trained)
        self._refuse_oversized(n_ctx, request.settings)
        context = self._make_context(n_ctx, request.n_seq, request.settings)
        self._contexts[request.context] = context
        return ContextInfo(
            context=request.context,
            n_ctx=context.n_ctx,
            threads=threads_for(request.settings),
            flash_attention=self._flash_attention(request.settings),
            memory_bytes=self._context_bytes(),
            n_seq=context.n_seq,
        )

    def _refuse_oversized(self, n_ctx: int, settings: LoadSettings) -> None:
        """The kernel would let the cache be asked for and kill the worker once it is filled.

        On the CPU only, and not for models whose cache is smaller than n_ctx (sliding windows,
        recurrent states).
        """
        lib, model = self._library, self._model
        if self._log.devices or lib.llama_model_n_swa(model) or lib.llama_model_is_recurrent(model):
            return
        need = n_ctx * self._cache_bytes_per_token(settings)
        free = psutil.virtual_memory().available
        if need > free:
            raise UserError(
                f"A context of {n_ctx:,} tokens needs {size_text(need)} of memory for its "
                f"cache, and {size_text(free)} are free.",
                "Choose a smaller context, or a smaller type for the cache.",
            )

    def _cache_bytes_per_token(self, settings: LoadSettings) -> int:
        lib, model = self._library, self._model
        width = lib.llama_model_n_embd(model) // max(1, lib.llama_model_n_head(model))
        heads = lib.llama_model_n_layer(model) * lib.llama_model_n_head_kv(model)
        keys = self._head_width("key", width) * CACHE_VALUE_BYTES[settings.type_k]
        values = self._head_width("value", width) * CACHE_VALUE_BYTES[settings.type_v]
        return round(heads * (keys + values))

    def _head_width(self, part: str, usual: int) -> int:
        """Models may have heads wider than their share of the embedding."""
        architecture = self._meta("general.architecture")
        told = self._meta(f"{architecture}.attention.{part}_length")
        return int(told) if told.isdigit() else usual

    def _flash_attention(self, settings: LoadSettings) -> bool:
        if settings.flash_attention == "auto":
            return bool(self._log.flash_attention)
        return settings.flash_attention == "on"

    def _context_bytes(self) -> int:
        kinds = ("KV", "compute", "output", "RS")
        return sum(n for name, n in self._log.buffer_bytes.items() if name.endswith(kinds))

    def _make_context(
        self, n_ctx: int, n_seq: int, settings: LoadSettings, pooling: int | None = None
    ) -> LlamaContext:
        """With `pooling` one for embeddings, whose batch holds all of n_ctx."""
        lib = self._library
        self._log.start()
        params = lib.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_seq_max = n_seq
        params.n_batch = params.n_ubatch = min(settings.n_batch, n_ctx)
        params.kv_unified = False  # a cache for each sequence, see LlamaContext
        params.swa_full = False  # as the fit forecast counts: a sliding window keeps a window only
        params.n_threads = params.n_threads_batch = threads_for(settings)
        params.type_k = cache_type(lib, settings.type_k)
        params.type_v = cache_type(lib, settings.type_v)
        params.flash_attn_type = FLASH[settings.flash_attention]
        if pooling is not None:
            params.embeddings, params.pooling_type = True, pooling
            params.n_batch = params.n_ubatch = n_ctx
        pointer = lib.llama_init_from_model(self._model, params)
        if not pointer:
            raise UserError(
                f"A context of {n_ctx:,} tokens could not be made: "
                f"{self._log.problem or 'not enough memory'}.",
                "Choose a smaller context, or a smaller type for the cache.",
            )
        return LlamaContext(lib, pointer, params.n_batch)

    def close_context(self, name: str) -> None:
        if context := self._contexts.pop(name, None):
            context.close()

    # ---- requests ----

    def _open(self, name: str) -> LlamaContext:
        if name not in self._contexts:
            raise UserError(f"There is no open context called “{name}”.")
        return self._contexts[name]

    def generate(self, request: Generate, emit: Emit, cancel: CancelFlag) -> Generated:
        context = self._open(request.context)
        seed = request.sampling.seed if request.sampling.seed >= 0 else secrets.randbits(31)
        reply = LlamaReply(self._library, self._vocabulary_or_raise(), context, request, seed)
        return reply.run(emit, cancel)

    def generate_many(
        self, request: GenerateMany, emit: Callable[[RowResult], None], cancel: CancelFlag
    ) -> ManyDone:
        context = self._open(request.context)
        rows = LlamaRows(self._library, self._vocabulary_or_raise(), context, request)
        return rows.run(emit, cancel)

    def score_prompt(self, request: ScorePrompt, emit: Emit, cancel: CancelFlag) -> PromptScores:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        scorer = PromptScorer(self._library, vocabulary, context, request.top)
        return PromptScores(scorer.run(self._ids(request.prompt), request.first, emit, cancel))

    def read_next(self, request: ReadNext, emit: Emit, cancel: CancelFlag) -> NextRead:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        ids = self._ids(request.prompt)
        logits = next_logits(self._library, context, vocabulary.n_tokens, ids, emit, cancel)
        return read_next(request, len(ids), logits, vocabulary)

    def read_window(self, request: ReadWindow, cancel: CancelFlag) -> WindowRead:
        return read_window(request, self._window(request, cancel), cancel)

    def compare_window(self, request: CompareWindow, cancel: CancelFlag) -> WindowCompared:
        return compare_window(request, self._window(request, cancel), cancel)

    def _window(self, request: ReadWindow | CompareWindow, cancel: CancelFlag) -> Iterator[Any]:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        n_vocab = vocabulary.n_tokens
        refuse_misfit(request, vocabulary, n_vocab, context.n_ctx)
        return window_logits(
            self._library, context, n_vocab, request.token_ids, request.first, cancel
        )

    def describe_vocabulary(self) -> VocabularyFacts:
        vocabulary = self._vocabulary_or_raise()
        return vocabulary_facts(vocabulary, vocabulary.n_tokens, vocabulary.bos_id)

    def time_tokens(self, request: TimeTokens, cancel: CancelFlag) -> TokensTimed:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        begins = self._library.llama_vocab_get_add_bos(vocabulary.pointer)
        first = vocabulary.bos_id if begins else -1
        return TokenTimer(self._library, context, vocabulary.n_tokens, first).run(request, cancel)

    def embed(self, request: Embed, cancel: CancelFlag) -> Embedded:
        """In a context of its own, as large as the longest text and gone afterwards."""
        texts = [self._ids(text) for text in request.texts]
        longest = max(map(len, texts), default=0)
        trained = self._library.llama_model_n_ctx_train(self._model)
        most = request.settings.n_ctx or min(DEFAULT_N_CTX, trained)
        if not 0 < min(map(len, texts), default=0) <= longest <= most:
            raise UserError(
                f"Each text needs 1 to {most:,} tokens; the longest has {longest:,}.",
                "Cut it into pieces, or load the model with a larger context.",
            )
        context = self._make_context(longest, 1, request.settings, self._pooling())
        try:
            n_values = self._library.llama_model_n_embd(self._model)
            return Embedded(Embedder(self._library, context, n_values).run(texts, cancel))
        finally:
            context.close()

    def _pooling(self) -> int:
        """As the file says; chat models say nothing, and the mean over their tokens is taken."""
        told = self._meta(f"{self._meta('general.architecture')}.pooling_type")
        mean: int = self._library.LLAMA_POOLING_TYPE_MEAN
        return int(told) if told.isdigit() and int(told) else mean

    def _ids(self, parts: Sequence[Part]) -> list[int]:
        return [token.token_id for token in tokenize_parts(parts, self._vocabulary_or_raise())]

    def tokenize(self, request: Tokenize) -> Tokenized:
        return tokenized(request, self._vocabulary_or_raise())

    def detokenize(self, token_ids: Sequence[int]) -> str:
        return text_of(token_ids, self._vocabulary_or_raise())

    def _vocabulary_or_raise(self) -> LlamaVocabulary:
        if self._vocabulary is None:
            raise UserError("No model is loaded in this engine.")
        return self._vocabulary


def threads_for(settings: LoadSettings) -> int:
    """Cores − 1 unless set: a thread more than free cores makes everything far slower."""
    return settings.threads or max(1, (os.cpu_count() or 2) - 1)


def cache_type(library: Any, name: str) -> int:
    return int(getattr(library, f"GGML_TYPE_{name.upper()}"))
