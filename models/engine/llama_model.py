"""The weights of one GGUF file in llama.cpp: loaded, with what the file says of itself."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any

from models.engine import llama_library
from models.engine.backend import CancelFlag, Emit
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.messages import Capabilities, Load, ModelInfo, Progress
from models.errors import Cancelled, UserError
from models.hardware.memory_peak import peak_bytes

ALL_LAYERS = 999
CAPABILITIES = Capabilities(
    prompt_logits=True,
    token_logprobs=True,
    grammar=True,
    seed=True,
    embeddings=True,
    exact_tokenizer=True,
)


class LlamaModel:
    """`pointer` is llama.cpp's own, never given back: the worker ends with its model."""

    def __init__(self, library: Any, log: llama_library.NativeLog, pointer: Any) -> None:
        self.library, self.log, self.pointer = library, log, pointer
        self.vocabulary = LlamaVocabulary(library, pointer)
        self.n_ctx_train = int(library.llama_model_n_ctx_train(pointer))
        self.n_values = int(library.llama_model_n_embd(pointer))

    def describe(self, request: Load, load_s: float) -> ModelInfo:
        lib, vocabulary = self.library, self.vocabulary
        template = lib.llama_model_chat_template(self.pointer, None)
        return ModelInfo(
            model=request.model,
            name=self.meta("general.name") or Path(request.model).stem,
            backend="llama.cpp",
            backend_build=llama_library.build_name(),
            architecture=self.meta("general.architecture"),
            n_ctx_train=self.n_ctx_train,
            n_vocab=vocabulary.n_tokens,
            n_params=lib.llama_model_n_params(self.pointer),
            weights_bytes=lib.llama_model_size(self.pointer),
            chat_template=(template or b"").decode("utf-8", "replace"),
            bos_text=vocabulary.bos_text,
            eos_text=vocabulary.eos_text,
            device=", ".join(dict.fromkeys(self.log.devices)) or "CPU",
            load_s=load_s,
            peak_memory_bytes=peak_bytes(),
            conservative=not request.settings.use_extra_bufts,
            capabilities=CAPABILITIES,
        )

    def meta(self, key: str) -> str:
        """A value of the file's header as text, "" where it has none."""
        buffer = ctypes.create_string_buffer(1024)
        size = self.library.llama_model_meta_val_str(self.pointer, key.encode(), buffer, 1024)
        return buffer.value.decode("utf-8", "replace") if size > 0 else ""

    def meta_of_kind(self, key: str, otherwise: int) -> int:
        """A number that the header keeps under the name of its architecture."""
        told = self.meta(f"{self.meta('general.architecture')}.{key}")
        return int(told) if told.isdigit() else otherwise


def load_model(
    library: Any, log: llama_library.NativeLog, request: Load, emit: Emit, cancel: CancelFlag
) -> LlamaModel:
    """Raises UserError for a file that cannot be loaded, Cancelled."""
    if not Path(request.model).is_file():
        raise UserError(
            f"The file {Path(request.model).name} is not there any more.",
            "Choose it again where it is now, or remove it from the list.",
        )
    log.start()

    def on_progress(share: float, _data: Any) -> bool:
        emit(Progress("load", round(share * 1000), 1000))
        return not cancel.is_set

    settings, params = request.settings, library.llama_model_default_params()
    params.n_gpu_layers = ALL_LAYERS if settings.gpu_layers < 0 else settings.gpu_layers
    params.load_mode = library.LLAMA_LOAD_MODE_MMAP if settings.use_mmap else 0
    params.use_extra_bufts = settings.use_extra_bufts
    params.progress_callback = callback = library.llama_progress_callback(on_progress)
    pointer = library.llama_model_load_from_file(os.fsencode(request.model), params)
    del callback
    if pointer:
        return LlamaModel(library, log, pointer)
    if cancel.is_set:
        raise Cancelled
    raise _load_error(request.model, log.problem)


def _load_error(model: str, problem: str) -> UserError:
    name = Path(model).name
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
