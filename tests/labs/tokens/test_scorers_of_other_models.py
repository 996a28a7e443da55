"""Surprise and next tokens of MLX folders, and of a model whose numbers are none."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import gguf
import numpy as np
import pytest

from labs.tokens.next_token import Asker, Prompt
from labs.tokens.surprise import read
from models.cancel import CancelToken
from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.library import Library
from models.long_work import result_of
from models.tokenizers.tokenizers import Tokenizers
from tests.engine.tiny_kinds import llama
from tests.servers.mlx_model import needs_mlx, random_model

TEXT = "The hare was once boasting of her speed."


def entry_of(path: Path) -> ModelEntry:
    library = Library(path.parent / "index")
    return library.refresh(library.add(path)[0])


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A model whose last norm is no number, and with it every logit."""
    path = llama(tmp_path / "broken.gguf")
    found = next(t for t in gguf.GGUFReader(path).tensors if t.name == "output_norm.weight")
    with path.open("r+b") as file:
        file.seek(int(found.data_offset))
        file.write(np.full(found.n_elements, np.nan, np.float32).tobytes())
    return path


@needs_mlx
def test_an_mlx_folder_tells_the_surprise_of_a_text_and_what_comes_next(tmp_path: Path) -> None:
    entry = entry_of(random_model(tmp_path / "tiny"))
    with closing(Pool()) as pool, closing(Tokenizers()) as tokenizers:
        work = read(pool, tokenizers, entry, LoadSettings(), TEXT, CancelToken())
        found = result_of(work)
        asker = Asker(pool, Sandbox(), entry, LoadSettings())
        after = result_of(asker.read(Prompt(TEXT), CancelToken()))
    assert found.is_whole and found.totals.n >= len(found.cut) - 1
    assert [token.token_id for token in found.tokens] == list(found.cut.ids)
    assert after.distribution.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert after.n_prompt_tokens >= len(found.cut)


def test_numbers_that_are_none_are_counted_and_said(broken: Path) -> None:
    entry = entry_of(broken)
    with closing(Pool()) as pool, closing(Tokenizers()) as tokenizers:
        found = result_of(read(pool, tokenizers, entry, LoadSettings(), TEXT, CancelToken()))
        with pytest.raises(UserError, match="were no numbers"):
            asker = Asker(pool, Sandbox(), entry, LoadSettings())
            result_of(asker.read(Prompt(TEXT), CancelToken()))
    totals = found.totals
    assert (totals.n, totals.n_broken, totals.bits_per_byte) == (0, len(found.cut) - 1, None)
    assert found.is_broken(1) and not found.is_broken(0)
