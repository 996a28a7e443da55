"""The tokenizer of a model whose weights lie on this disk, read without loading them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from models.engine import llama_library
from models.engine.llama_vocabulary import LlamaVocabulary
from models.errors import UserError


class ExactTokenizer:
    """The vocabulary of a GGUF file, opened read-only.

    Raises UserError where the engine is not built, or does not know this kind of model.
    """

    def __init__(self, weights: Path) -> None:
        library = llama_library.library()
        self._log = llama_library.NativeLog(library)
        params = library.llama_model_default_params()
        params.vocab_only = True
        self._model: Any = library.llama_model_load_from_file(os.fsencode(weights), params)
        if not self._model:
            raise UserError("The tokenizer of this model could not be read from its file.")
        self.vocabulary = LlamaVocabulary(library, self._model)

    def id_of(self, text: str) -> int | None:
        """The id of the token that spells this text, None where it takes several."""
        ids = self.vocabulary.encode(text, False, True)
        return ids[0] if len(ids) == 1 else None
