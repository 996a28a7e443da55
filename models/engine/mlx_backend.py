"""MLX folders through mlx-lm."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from models.amounts import size_text
from models.engine import mlx_library
from models.engine.backend import CancelFlag, Emit
from models.engine.messages import (
    DEFAULT_N_CTX,
    CompareWindow,
    ContextInfo,
    Generate,
    Generated,
    GenerateMany,
    Load,
    LoadSettings,
    ManyDone,
    ModelInfo,
    NextRead,
    OpenContext,
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
from models.engine.mlx_context import MlxContext
from models.engine.mlx_library import MlxLibrary
from models.engine.mlx_reply import MlxReply
from models.engine.mlx_rows import MlxRows
from models.engine.mlx_scores import MlxScorer
from models.engine.mlx_timing import time_tokens
from models.engine.mlx_vocabulary import MlxVocabulary
from models.engine.mlx_weights import load_weights, weights_bytes
from models.engine.mlx_windows import next_logits, window_logits
from models.engine.prompt_tokens import text_of, tokenize_parts, tokenized
from models.engine.vocabulary_facts import vocabulary_facts
from models.engine.window_numbers import (
    compare_window,
    read_next,
    read_window,
    refuse_misfit,
)
from models.errors import UserError
from models.fit import cache_bytes
from models.hardware.memory_peak import peak_bytes
from models.library import mlx_folder
from models.library.mlx_dimensions import read_dimensions


class MlxBackend:
    _library: MlxLibrary  # from `load` on

    def __init__(self) -> None:
        self._model: Any = None
        self._config: Mapping[str, Any] = {}
        self._contexts: dict[str, MlxContext] = {}
        self._vocabulary: MlxVocabulary | None = None

    # ---- loading ----

    def load(self, request: Load, emit: Emit, cancel: CancelFlag) -> ModelInfo:
        started, folder = time.monotonic(), Path(request.model)
        if problem := mlx_folder.problem(folder):
            raise UserError(problem)
        _refuse_cache_types(request.settings)
        self._library = mlx_library.library()
        self._use_device(request.settings)
        self._model, self._config = load_weights(self._library, folder, emit, cancel)
        self._vocabulary = MlxVocabulary(folder, self._config, self._probe())
        return self._describe(request, folder, time.monotonic() - started)

    def _use_device(self, settings: LoadSettings) -> None:
        library = self._library
        if library.is_on_gpu and settings.gpu_layers > 0:
            raise UserError(
                "MLX cannot divide a model between the graphics device and the processor.",
                "Choose all GPU layers or none in the load settings.",
            )
        if settings.gpu_layers == 0:
            library.mx.set_default_device(library.mx.cpu)
        if library.is_on_gpu:
            library.lm.maybe_set_recommended_wired_limit()
        else:
            library.mx.disable_compile()  # it would call a C++ compiler, for seconds each time

    def _probe(self) -> int:
        """One token, so that what this machine cannot run fails here; returns the logits' width."""
        logits = MlxContext(self._library, self._model, 32, 32).read_one(0)
        self._library.mx.eval(logits)
        return int(logits.shape[0])

    def _describe(self, request: Load, folder: Path, load_s: float) -> ModelInfo:
        library, vocabulary = self._library, self._vocabulary_or_raise()
        return ModelInfo(
            model=request.model,
            name=folder.name,
            backend="mlx",
            backend_build=mlx_library.build_name(),
            architecture=str(self._config.get("model_type", "")),
            n_ctx_train=self._n_ctx_train(),
            n_vocab=vocabulary.n_tokens,
            n_params=library.lm.get_total_parameters(self._model),
            weights_bytes=weights_bytes(library, self._model),
            chat_template=mlx_folder.chat_template(folder),
            bos_text=vocabulary.bos_text,
            eos_text=vocabulary.eos_text,
            device=library.device,
            load_s=load_s,
            peak_memory_bytes=self._peak_bytes(),
            capabilities=mlx_library.CAPABILITIES,
        )

    def _peak_bytes(self) -> int:
        """The process does not count what lies in buffers of the graphics device."""
        library = self._library
        return peak_bytes() + (library.mx.get_peak_memory() if library.is_on_gpu else 0)

    def _n_ctx_train(self) -> int:
        return mlx_folder.n_ctx_train(self._config)

    # ---- contexts ----

    def open_context(self, request: OpenContext) -> ContextInfo:
        """One sequence whatever was asked for: rows are read one at a time."""
        self._vocabulary_or_raise()
        _refuse_cache_types(request.settings)
        n_ctx = request.n_ctx or min(DEFAULT_N_CTX, self._n_ctx_train() or DEFAULT_N_CTX)
        need = self._cache_bytes(n_ctx, request.settings)
        free = psutil.virtual_memory().available
        if need > free:
            raise UserError(
                f"A context of {n_ctx:,} tokens needs {size_text(need)} of memory for its "
                f"cache, and {size_text(free)} are free.",
                "Choose a smaller context.",
            )
        self._contexts[request.context] = MlxContext(
            self._library, self._model, n_ctx, request.settings.n_batch
        )
        return ContextInfo(request.context, n_ctx, 0, False, need)

    def _cache_bytes(self, n_ctx: int, settings: LoadSettings) -> int:
        """When it is full; 0 where the config does not tell the sizes."""
        sizes = read_dimensions(self._config)
        return cache_bytes(sizes, settings, n_ctx) if sizes else 0

    def close_context(self, name: str) -> None:
        if self._contexts.pop(name, None):
            self._library.mx.clear_cache()

    def _open(self, name: str) -> MlxContext:
        if name not in self._contexts:
            raise UserError(f"There is no open context called “{name}”.")
        return self._contexts[name]

    # ---- requests ----

    def generate(self, request: Generate, emit: Emit, cancel: CancelFlag) -> Generated:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        seed = request.sampling.seed if request.sampling.seed >= 0 else secrets.randbits(31)
        return MlxReply(self._library, vocabulary, context, request, seed).run(emit, cancel)

    def generate_many(
        self, request: GenerateMany, emit: Callable[[RowResult], None], cancel: CancelFlag
    ) -> ManyDone:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        return MlxRows(self._library, vocabulary, context, request).run(emit, cancel)

    def score_prompt(self, request: ScorePrompt, emit: Emit, cancel: CancelFlag) -> PromptScores:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        ids = [token.token_id for token in tokenize_parts(request.prompt, vocabulary)]
        scorer = MlxScorer(vocabulary, context, request.top)
        return PromptScores(scorer.run(ids, request.first, emit, cancel))

    def read_next(self, request: ReadNext, emit: Emit, cancel: CancelFlag) -> NextRead:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        ids = [token.token_id for token in tokenize_parts(request.prompt, vocabulary)]
        logits = next_logits(context, ids, emit, cancel)
        return read_next(request, len(ids), logits, vocabulary)

    def read_window(self, request: ReadWindow, cancel: CancelFlag) -> WindowRead:
        return read_window(request, self._window(request, cancel), cancel)

    def compare_window(self, request: CompareWindow, cancel: CancelFlag) -> WindowCompared:
        return compare_window(request, self._window(request, cancel), cancel)

    def _window(self, request: ReadWindow | CompareWindow, cancel: CancelFlag) -> Iterator[Any]:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        refuse_misfit(request, vocabulary, vocabulary.n_tokens, context.n_ctx)
        return window_logits(context, request.token_ids, request.first, cancel)

    def time_tokens(self, request: TimeTokens, cancel: CancelFlag) -> TokensTimed:
        context, vocabulary = self._open(request.context), self._vocabulary_or_raise()
        return time_tokens(self._library, context, vocabulary.n_tokens, request, cancel)

    def describe_vocabulary(self) -> VocabularyFacts:
        vocabulary = self._vocabulary_or_raise()
        return vocabulary_facts(vocabulary, vocabulary.n_tokens, vocabulary.bos_id)

    def tokenize(self, request: Tokenize) -> Tokenized:
        return tokenized(request, self._vocabulary_or_raise())

    def detokenize(self, token_ids: Sequence[int]) -> str:
        return text_of(token_ids, self._vocabulary_or_raise())

    def _vocabulary_or_raise(self) -> MlxVocabulary:
        if self._vocabulary is None:
            raise UserError("No model is loaded in this engine.")
        return self._vocabulary


def _refuse_cache_types(settings: LoadSettings) -> None:
    if (settings.type_k, settings.type_v) != ("f16", "f16"):
        raise UserError(
            "MLX models keep their attention cache in the precision of the model.",
            "Choose f16 for keys and values in the load settings.",
        )
