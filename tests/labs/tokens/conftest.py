"""Tokenizers that are asked in this process, and a small GGUF file."""

from __future__ import annotations

import pytest

from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers
from tests.labs.tokens.parity_files import HereTokenizers, gguf_source


@pytest.fixture
def tokenizers() -> Tokenizers:
    return HereTokenizers()


@pytest.fixture(scope="package")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return gguf_source(tmp_path_factory.mktemp("gguf") / "model.gguf")
