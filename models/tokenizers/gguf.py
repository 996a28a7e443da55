"""The tokenizer of a GGUF file: its vocabulary alone, without loading the weights."""

from __future__ import annotations

import ctypes
import os
import weakref
from pathlib import Path
from typing import Any

from models.engine import llama_library
from models.engine.llama_vocabulary import LlamaVocabulary
from models.errors import UserError

FAMILIES = {1: "SentencePiece BPE", 2: "BPE", 3: "WordPiece", 4: "Unigram", 5: "RWKV"}
_BPE = 2
# llama.cpp's own bits for what a token is (LLAMA_TOKEN_ATTR_…).
_UNKNOWN, _CONTROL, _USER_DEFINED, _BYTE = 1, 8, 16, 32


class ExactTokenizer:
    """The vocabulary of a GGUF file, opened read-only by llama.cpp itself.

    Raises UserError where the engine is not built, or does not know this kind of model.
    """

    def __init__(self, weights: Path) -> None:
        self._library = llama_library.library()
        self._log = llama_library.NativeLog(self._library)
        params = self._library.llama_model_default_params()
        params.vocab_only = True
        self._model: Any = self._library.llama_model_load_from_file(os.fsencode(weights), params)
        if not self._model:
            reason = self._log.problem or "the engine gave no reason"
            raise UserError(
                f"The tokenizer of {weights.name} could not be read: {reason}.",
                "The file may be damaged, or of a kind that this engine does not know yet.",
            )
        self.vocabulary = LlamaVocabulary(self._library, self._model)
        # One process may try many variants of a file. Whoever holds the vocabulary holds the model.
        weakref.finalize(self.vocabulary, self._library.llama_model_free, self._model)

    @property
    def family(self) -> str:
        """How it cuts: "BPE (smollm)" with the name of its rule for words."""
        known = FAMILIES.get(self._library.llama_vocab_type(self.vocabulary.pointer), "")
        rule = self._meta("tokenizer.ggml.pre")
        return f"{known} ({rule})" if known and rule else known or "No tokenizer"

    @property
    def is_rank_bpe(self) -> bool:
        return bool(self._library.llama_vocab_type(self.vocabulary.pointer) == _BPE)

    @property
    def chat_template(self) -> str:
        found = self._library.llama_model_chat_template(self._model, None)
        return (found or b"").decode("utf-8", "replace")

    def kind_of(self, token_id: int) -> str:
        """A letter of `models.tokenizers.cut.KINDS`."""
        bits = self._library.llama_vocab_get_attr(self.vocabulary.pointer, token_id)
        kinds = ((_CONTROL, "c"), (_BYTE, "b"), (_UNKNOWN, "u"), (_USER_DEFINED, "a"))
        return next((letter for bit, letter in kinds if bits & bit), "n")

    def id_of(self, text: str) -> int | None:
        """The id of the token that spells this text, None where it takes several."""
        ids = self.vocabulary.encode(text, False, True)
        return ids[0] if len(ids) == 1 else None

    def _meta(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(256)
        size = self._library.llama_model_meta_val_str(self._model, key.encode(), buffer, 256)
        return buffer.value.decode("utf-8", "replace") if size > 0 else ""
