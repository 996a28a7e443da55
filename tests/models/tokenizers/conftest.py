"""Tokenizers of the tests' own making."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.tokenizers.cut import Cut
from models.tokenizers.cutting import cut as cut_text
from models.tokenizers.opened import Tokenizer, open_tokenizer
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers
from tests.engine.tiny_models import BYTES

CONTROL = "<|im_end|>"


@pytest.fixture
def tokenizers() -> Iterator[Tokenizers]:
    made = Tokenizers()
    yield made
    made.close()


def opened(source: Source) -> Tokenizer:
    """What its process would open, in this one."""
    return open_tokenizer(source.kind, Path(source.path))


def cut(source: Source, text: str, parse_special: bool = False) -> Cut:
    return cut_text(text, opened(source), parse_special)


def byte_level(**changes: Any) -> dict[str, Any]:
    """A tokenizer.json of single bytes, "th" and one control token."""
    vocabulary = {letter: number for number, letter in enumerate([*BYTES, "th"])}
    made: dict[str, Any] = {
        "version": "1.0",
        "added_tokens": [
            {"id": 257, "content": CONTROL, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False, "special": True}
        ],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False,
                          "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False,
                    "use_regex": True},
        "model": {"type": "BPE", "vocab": vocabulary, "merges": ["t h"]},
    }  # fmt: skip
    return made | changes


def json_source(folder: Path, content: dict[str, Any]) -> Source:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(content), "utf-8")
    return Source("json", str(path), "tiny")


def sentencepiece_source(folder: Path) -> Source:
    """Trained on two sentences, with a token for each byte to fall back to."""
    import sentencepiece

    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the cat sat", "the mat"] * 20), model_writer=made,
        model_type="bpe", vocab_size=290, byte_fallback=True, minloglevel=3,
        hard_vocab_limit=False,
    )  # fmt: skip
    path = folder / "tokenizer.model"
    path.write_bytes(made.getvalue())
    return Source("sentencepiece", str(path), "tiny")
