"""Windows are cut as llama-perplexity cuts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from labs.quantization.texts import KINDS, Text, bundled_texts, text_of
from labs.quantization.windows import cut, first_scored, n_scored, refuse_wish
from models.engine.messages import VocabularyFacts
from models.errors import UserError

PLAIN = VocabularyFacts(256, "", 0, adds_bos=False, adds_eos=False)
WITH_BOS = VocabularyFacts(256, "", 1, adds_bos=True, adds_eos=False)


def letters(text: str) -> Sequence[int]:
    return [ord(letter) for letter in text]


def test_255_predictions_of_a_window_of_512_count() -> None:
    assert (first_scored(512), n_scored(512)) == (256, 255)


def test_windows_are_whole_and_do_not_overlap() -> None:
    windows = cut([Text("prose", "abcdefghijklmnopqrst")], letters, PLAIN, 9, 8)
    assert ["".join(map(chr, each.token_ids)) for each in windows] == ["abcdefgh", "ijklmnop"]


def test_the_first_token_of_each_window_gives_way_to_the_beginning() -> None:
    windows = cut([Text("", "abcdefghijklmnop")], letters, WITH_BOS, 9, 8)
    assert [each.token_ids[0] for each in windows] == [1, 1]
    assert windows[1].token_ids[1] == ord("j")


def test_texts_take_turns_and_the_longest_goes_on_alone() -> None:
    texts = [Text("long", "x" * 32), Text("short", "y" * 8)]
    kinds = [each.kind for each in cut(texts, letters, PLAIN, 9, 8)]
    assert kinds == ["long", "short", "long", "long", "long"]


def test_a_text_of_long_tokens_is_read_on_until_the_windows_are_full() -> None:
    """Runs of blanks are one token each."""

    def runs(text: str) -> Sequence[int]:
        return [len(run) for run in re.findall(" +|[^ ]", text)]

    text = Text("", (" " * 200 + "x") * 20)
    assert len(cut([text], runs, PLAIN, 4, 8)) == 4
    assert len(cut([text], runs, PLAIN, 9, 8)) == 5


def test_of_a_long_text_only_what_is_needed_is_cut_into_tokens() -> None:
    asked: list[int] = []

    def counted(text: str) -> Sequence[int]:
        asked.append(len(text))
        return letters(text)

    cut([Text("", "x" * 100_000)], counted, PLAIN, 2, 8)
    assert max(asked) < 1000


def test_no_more_windows_than_asked_for() -> None:
    assert len(cut([Text("", "x" * 100)], letters, PLAIN, 2, 8)) == 2


@pytest.mark.parametrize(
    ("n", "size", "words"),
    [(0, 8, "0 windows"), (-1, 8, "-1 windows"), (1_000_000, 8, "1 to 2,000 windows"),
     (1, 4, "of 4 tokens"), (1, 64, "shorter than one window")],
)  # fmt: skip
def test_what_cannot_be_cut_is_a_sentence_before_a_model_is_loaded(
    n: int, size: int, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        refuse_wish([Text("", "abcdefghij")], n, size)


def test_a_text_with_too_few_tokens_is_a_sentence() -> None:
    refuse_wish([Text("", "abcdefghij")], 1, 11)
    with pytest.raises(UserError, match="shorter than one window"):
        cut([Text("", "abcdefghij")], letters, PLAIN, 1, 11)


def test_three_kinds_of_text_come_with_assay() -> None:
    texts = bundled_texts()
    assert tuple(text.kind for text in texts) == KINDS
    assert all(len(text.content) > 35_000 for text in texts)
    assert len({text.content[:100] for text in texts}) == 3


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"\xff\xfe\xfd", "no UTF-8"), (b"", "is empty"), (b" \n", "is empty"),
     (b"a\0b", "no text"), (None, "cannot be read")],
)  # fmt: skip
def test_a_text_that_is_none_is_a_sentence(tmp_path: Path, raw: bytes | None, words: str) -> None:
    if raw is not None:
        (tmp_path / "file").write_bytes(raw)
    with pytest.raises(UserError, match=words):
        text_of(tmp_path / "file")


def test_the_mark_that_some_editors_write_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbfhare")
    assert text_of(tmp_path / "file").content == "hare"
