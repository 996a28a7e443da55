"""A cache that keeps only a window: how far back a prompt may reuse it."""

from __future__ import annotations

import ctypes

import pytest

from models.engine.llama_context import LlamaContext


class WindowLibrary:
    """The calls of the binding that a cache is cut with; the oldest kept place is known."""

    ggml_abort_callback = ctypes.c_void_p

    def __init__(self, n_swa: int, first_kept: int) -> None:
        self._n_swa, self._first_kept = n_swa, first_kept
        self.cleared = False

    def llama_n_ctx(self, _context: object) -> int:
        return 4096

    def llama_n_seq_max(self, _context: object) -> int:
        return 1

    def llama_n_ctx_seq(self, _context: object) -> int:
        return 4096

    def llama_get_memory(self, _context: object) -> object:
        return self

    def llama_get_model(self, _context: object) -> object:
        return self

    def llama_model_n_swa(self, _model: object) -> int:
        return self._n_swa

    def llama_set_abort_callback(self, *_args: object) -> None: ...

    def llama_memory_seq_pos_min(self, _memory: object, _sequence: int) -> int:
        return self._first_kept

    def llama_memory_seq_rm(self, *_args: object) -> bool:
        return True

    def llama_memory_clear(self, *_args: object) -> None:
        self.cleared = True


@pytest.mark.parametrize(
    ("n_swa", "first_kept", "length", "kept"),
    [(0, 0, 10, 10), (512, 1000, 1600, 1600), (512, 1000, 1400, 0), (512, 0, 100, 100)],
)
def test_a_prompt_reuses_the_cache_only_while_its_window_is_there(
    n_swa: int, first_kept: int, length: int, kept: int
) -> None:
    library = WindowLibrary(n_swa, first_kept)
    context = LlamaContext(library, object(), 512)
    context.held[0] = list(range(2000))
    assert context.cut(length) == len(context.tokens) == kept
    assert library.cleared == (kept == 0)
