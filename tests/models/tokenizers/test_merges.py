"""Merges are followed one by one, and never where the tokenizer itself ends elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import UserError
from models.tokenizers.merges import merges_of_pairs, traced
from models.tokenizers.source import Source
from models.tokenizers.tracing import trace
from tests.models.tokenizers.conftest import byte_level, json_source, opened, sentencepiece_source


def merging(*merges: str, **changes: object) -> dict[str, object]:
    """A tokenizer of single bytes and what these merges make."""
    content = byte_level()
    model = content["model"]
    made = {merge.replace(" ", ""): 500 + n for n, merge in enumerate(merges)}
    content["model"] = {**model, "vocab": model["vocab"] | made, "merges": list(merges)} | changes
    return content


def pieces(steps: object) -> list[list[str]]:
    return [[bytes.fromhex(p).decode() for p in step.pieces] for step in steps]


def test_the_textbook_example_joins_l_and_o_and_then_w() -> None:
    steps = traced(b"lower", merges_of_pairs(["l o", "lo w", "e r"]).rank)
    assert [(step.rank, step.place) for step in steps] == [(0, 0), (1, 0), (2, 1)]
    assert [b" ".join(step.pieces) for step in steps] == [b"lo w e r", b"low e r", b"low er"]


def test_the_lowest_rank_goes_first_wherever_it_stands(tmp_path: Path) -> None:
    found = trace("lower", opened(json_source(tmp_path, merging("e r", "l o", "lo w"))))
    assert pieces(found.steps) == [["l", "o", "w", "er"], ["lo", "w", "er"], ["low", "er"]]
    assert not found.whole


def test_a_word_that_is_taken_whole_says_so(tmp_path: Path) -> None:
    content = merging("l o", ignore_merges=True)
    content["model"]["vocab"]["low"] = 600  # type: ignore[index]
    found = trace("low", opened(json_source(tmp_path, content)))
    assert found.whole and pieces(found.steps) == [["lo", "w"]]


@pytest.mark.parametrize(
    ("text", "words"), [("1234", "is not one word"), ("a" * 65, "at most 64 bytes")]
)
def test_what_is_no_single_word_is_refused(text: str, words: str) -> None:
    shipped = Path(__file__).parents[3] / "assets" / "encodings" / "cl100k_base.tiktoken"
    with pytest.raises(UserError, match=words):
        trace(text, opened(Source("tiktoken", str(shipped), "cl100k")))


def test_other_families_say_that_they_are_not_traced(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="SentencePiece is not traced"):
        trace("word", opened(sentencepiece_source(tmp_path)))
    with pytest.raises(UserError, match="not over bytes"):
        merges_of_pairs(["▁ t"])
