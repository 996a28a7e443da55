"""The contexts that stand on the weights of one model: made, found by name, closed."""

from __future__ import annotations

import os
from typing import Any

import psutil

from models.amounts import size_text
from models.engine.llama_context import LlamaContext
from models.engine.llama_model import LlamaModel
from models.engine.messages import (
    CACHE_VALUE_BYTES,
    DEFAULT_N_CTX,
    ContextInfo,
    LoadSettings,
    OpenContext,
)
from models.errors import UserError

FLASH = {"auto": -1, "off": 0, "on": 1}


class OpenContexts:
    def __init__(self, model: LlamaModel) -> None:
        self._model, self._library, self._log = model, model.library, model.log
        self._open: dict[str, LlamaContext] = {}

    def open(self, request: OpenContext) -> ContextInfo:
        """Make it anew where there is one of that name. Raises UserError where it has no room."""
        self.close(request.context)
        n_ctx = request.n_ctx or min(DEFAULT_N_CTX, self._model.n_ctx_train)
        self._refuse_oversized(n_ctx, request.settings)
        context = self.make(n_ctx, request.n_seq, request.settings)
        self._open[request.context] = context
        return ContextInfo(
            context=request.context,
            n_ctx=context.n_ctx,
            threads=threads_for(request.settings),
            flash_attention=self._flash_attention(request.settings),
            memory_bytes=self._context_bytes(),
            n_seq=context.n_seq,
        )

    def get(self, name: str) -> LlamaContext:
        """Raises UserError where none of that name is open."""
        if name not in self._open:
            raise UserError(f"There is no open context called “{name}”.")
        return self._open[name]

    def close(self, name: str) -> None:
        if context := self._open.pop(name, None):
            context.close()

    def probe(self, settings: LoadSettings) -> None:
        """One decode, so that a kernel this machine cannot run fails here and not in a chat."""
        context, vocabulary = self.make(32, 1, settings), self._model.vocabulary
        context.read_one(vocabulary.bos_id if vocabulary.contains(vocabulary.bos_id) else 0)
        context.close()

    def make(
        self, n_ctx: int, n_seq: int, settings: LoadSettings, pooling: int | None = None
    ) -> LlamaContext:
        """With `pooling` one for embeddings, whose batch holds all of n_ctx. The caller closes
        it. Raises UserError."""
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
        pointer = lib.llama_init_from_model(self._model.pointer, params)
        if not pointer:
            raise UserError(
                f"A context of {n_ctx:,} tokens could not be made: "
                f"{self._log.problem or 'not enough memory'}.",
                "Choose a smaller context, or a smaller type for the cache.",
            )
        return LlamaContext(lib, pointer, params.n_batch)

    def _refuse_oversized(self, n_ctx: int, settings: LoadSettings) -> None:
        """The kernel would let the cache be asked for and kill the worker once it is filled.

        On the CPU only, and not for models whose cache is smaller than n_ctx (sliding windows,
        recurrent states).
        """
        lib, model = self._library, self._model.pointer
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
        lib, model = self._library, self._model.pointer
        width = self._model.n_values // max(1, lib.llama_model_n_head(model))
        heads = lib.llama_model_n_layer(model) * lib.llama_model_n_head_kv(model)
        # Models may have heads wider than their share of the embedding.
        key_width = self._model.meta_of_kind("attention.key_length", width)
        value_width = self._model.meta_of_kind("attention.value_length", width)
        keys = key_width * CACHE_VALUE_BYTES[settings.type_k]
        values = value_width * CACHE_VALUE_BYTES[settings.type_v]
        return round(heads * (keys + values))

    def _flash_attention(self, settings: LoadSettings) -> bool:
        if settings.flash_attention == "auto":
            return bool(self._log.flash_attention)
        return settings.flash_attention == "on"

    def _context_bytes(self) -> int:
        kinds = ("KV", "compute", "output", "RS")
        return sum(n for name, n in self._log.buffer_bytes.items() if name.endswith(kinds))


def threads_for(settings: LoadSettings) -> int:
    """Cores − 1 unless set: a thread more than free cores makes everything far slower."""
    return settings.threads or max(1, (os.cpu_count() or 2) - 1)


def cache_type(library: Any, name: str) -> int:
    return int(getattr(library, f"GGML_TYPE_{name.upper()}"))
