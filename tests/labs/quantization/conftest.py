"""A tiny model and quantizations of it, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labs.quantization.texts import Text
from labs.quantization.variant import Variant
from labs.quantization.variant import variants_of as variants_of_words
from models.cancel import CancelToken
from models.engine.pool import Pool
from models.library.entry import ModelEntry
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from tests.engine.tiny_kinds import llama

LETTERS = Text("letters", "The hare was once boasting of her speed before the animals. " * 20)


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tiny-F32.gguf, tiny-Q8_0.gguf and tiny-Q4_0.gguf."""
    folder = tmp_path_factory.mktemp("family")
    (entry,) = Library(folder / "index").add(llama(folder / "tiny-F32.gguf"))
    for name in ("Q8_0", "Q4_0"):
        result_of(quantize(Wish(entry, folder / f"tiny-{name}.gguf", name), CancelToken()))
    return folder


@pytest.fixture
def pool() -> Iterator[Pool]:
    opened = Pool(fits=lambda *_: True)
    yield opened
    opened.close()


def entry_of(path: Path) -> ModelEntry:
    library = Library(path.with_suffix(".index"))
    return library.refresh(library.add(path)[0])


def variants_of(*words: str) -> tuple[Variant, ...]:
    """Paths, with cache types behind an @."""
    library = Library(Path(words[0].split("@")[0]).with_suffix(".index"))

    def resolve(word: str) -> ModelEntry:
        return library.refresh(library.resolve(word))

    return variants_of_words(words, resolve, library.load_settings)
