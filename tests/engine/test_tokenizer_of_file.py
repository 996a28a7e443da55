"""A GGUF file read for its vocabulary alone gives the tokens of the loaded model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Part
from models.long_work import result_of
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers

TEXT = "The caf\u00e9 \N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\r\n\u65e5\u672c 1234 <|im_end|>"
pytestmark = pytest.mark.model


@pytest.fixture
def tokenizers() -> Iterator[Tokenizers]:
    made = Tokenizers()
    yield made
    made.close()


def test_a_file_gives_the_tokens_of_the_loaded_model(
    tokenizers: Tokenizers, real: EngineClient, starter: Path
) -> None:
    source, cancel = Source("gguf", str(starter), "starter"), CancelToken()
    for control in (False, True):
        loaded = real.tokenize([Part(TEXT, origin="user", control=control)]).tokens
        found = result_of(tokenizers.cut(source, TEXT, control, cancel))
        assert list(found.ids) == [token.token_id for token in loaded]
    facts = result_of(tokenizers.facts(source, cancel))
    assert (facts.family, facts.n_tokens) == ("BPE (smollm)", real.info.n_vocab)
    assert facts.chat_template == real.info.chat_template
