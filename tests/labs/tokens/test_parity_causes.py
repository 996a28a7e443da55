"""Causes: each defect that is put into one of two sources is found, by experiment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labs.tokens.parity.words import cause_of, remarks, sureness
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers
from tests.labs.tokens.parity_files import (
    ADDED,
    CONTROL,
    END,
    as_smollm,
    compared,
    content,
    gguf_source,
    json_source,
    no_added,
)

Edit = Callable[[dict[str, Any]], Any]


DOG = {"type": "Replace", "pattern": {"String": "cat"}, "content": "dog"}


def fewer_merges(made: dict[str, Any]) -> None:
    made["model"]["merges"] = made["model"]["merges"][:40]


def prefix_blank(made: dict[str, Any]) -> None:
    made["pre_tokenizer"]["pretokenizers"][-1]["add_prefix_space"] = True


def swapped(made: dict[str, Any]) -> None:
    vocabulary = made["model"]["vocab"]
    names = {number: name for name, number in vocabulary.items()}
    vocabulary[names[300]], vocabulary[names[301]] = 301, 300


def no_merges_for_the(made: dict[str, Any]) -> None:
    """Taken whole only: no merges lead to "the" any more, though it stays a token."""
    made["model"]["merges"] = [m for m in made["model"]["merges"] if m != ["t", "he"]]


@pytest.mark.parametrize(
    ("edit", "kind", "words"),
    [
        (lambda made: made.update(normalizer={"type": "NFC"}), "normalizer", "(NFC)"),
        (lambda made: made.update(normalizer={"type": "NFKC"}), "normalizer", "(NFKC)"),
        (lambda made: made.update(normalizer={"type": "Lowercase"}), "normalizer", "letters small"),
        (
            lambda made: made.update(normalizer=DOG), "normalizer",
            "^json file changes letters .* the steps Replace of its file; gguf file does not",
        ),
        (prefix_blank, "normalizer", "blank in front"),
        (no_added, "added", f"Only gguf file takes these out of a text .*{ADDED[1:-1]}"),
        (as_smollm, "rule", "gguf file by the rule “llama-bpe”, .* with the rule “smollm”"),
        (fewer_merges, "merges", "only in gguf file"),
        (swapped, "numbers", "number their tokens differently"),
    ],
    ids=["NFC", "NFKC", "lowercase", "replace", "prefix", "added", "rule", "merges", "numbers"],
)  # fmt: skip
def test_a_defect_of_a_tokenizer_json_is_found(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path, edit: Edit, kind: str, words: str
) -> None:
    found = compared(tokenizers, gguf, json_source(tmp_path, edit))
    assert [cause.kind for cause in found.causes] == [kind] and not found.unexplained
    (cause,) = found.causes
    assert re.search(words, cause.sentence), cause.sentence
    assert cause.sure == "all" and sureness(found, cause).startswith("Tried: with only this")
    assert cause.settled == found.differing and cause_of(found, found.differing[0])


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"pre": "gpt-2"}, "rule", "gguf file by the rule “gpt-2”"),
        ({"pre": "qwen2"}, "rule", "gguf file by the rule “qwen2”"),
        ({"add_bos_token": True}, "frame", f"gguf file puts {CONTROL} around"),
        ({"add_eos_token": True}, "frame", f"gguf file puts {END} around"),
    ],
)
def test_a_defect_of_a_gguf_file_is_found(
    tokenizers: Tokenizers, tmp_path: Path, changes: dict[str, Any], kind: str, words: str
) -> None:
    one = gguf_source(tmp_path / "model.gguf", **changes)
    found = compared(tokenizers, one, json_source(tmp_path))
    assert [cause.kind for cause in found.causes] == [kind] and not found.unexplained
    assert words in found.causes[0].sentence


def test_two_quantizations_with_other_merges_and_rules_have_two_causes(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    pairs = [each if isinstance(each, str) else " ".join(each)
             for each in content()["model"]["merges"]]  # fmt: skip
    other = gguf_source(tmp_path / "q4.gguf", merges=pairs[:60], pre="smollm")
    found = compared(tokenizers, gguf, other)
    assert {cause.kind for cause in found.causes} == {"merges", "rule"} and not found.unexplained
    assert found.causes[0].sure == "some" and "Merges: " in " ".join(remarks(found))


def test_a_begin_token_and_a_normaliser_together_are_both_named(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    other = json_source(
        tmp_path, lambda made: made.update(normalizer={"type": "NFKC"}), add_bos_token=True
    )
    found = compared(tokenizers, gguf, other)
    assert {cause.kind for cause in found.causes} == {"frame", "normalizer"}
    assert not found.unexplained


def test_control_tokens_that_take_blanks_along_are_not_called_different_ones(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    def eats_blanks(made: dict[str, Any]) -> None:
        next(t for t in made["added_tokens"] if t["content"] == END)["lstrip"] = True

    found = compared(tokenizers, gguf, json_source(tmp_path, eats_blanks), f"so {END} ends")
    (cause,) = found.causes
    assert cause.kind == "control" and "read the same control tokens" in cause.sentence


def test_a_second_cause_claims_no_more_than_was_tried(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    def lower_and_smollm(made: dict[str, Any]) -> None:
        as_smollm(made)
        made["normalizer"] = {"type": "Lowercase"}

    found = compared(tokenizers, gguf, json_source(tmp_path, lower_and_smollm))
    first, second = (sureness(found, cause) for cause in found.causes)
    assert first.startswith("Tried: with only this changed,")
    assert second.startswith("Tried: with this changed as well,") and not found.unexplained


def test_two_letter_changes_of_their_own_are_told_apart(
    tokenizers: Tokenizers, tmp_path: Path
) -> None:
    stripped = {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]}
    one = json_source(tmp_path / "a")
    other = json_source(tmp_path / "b", lambda made: made.update(normalizer=stripped))
    found = compared(tokenizers, one, other)
    assert [cause.sure for cause in found.causes] == ["all"] and not found.unexplained
    assert "NFD, StripAccents" in found.causes[0].sentence


def test_words_taken_whole_are_told_from_merged_ones(
    tokenizers: Tokenizers, tmp_path: Path
) -> None:
    """A token that no merges lead to is found only by a tokenizer that takes words whole."""

    def whole(made: dict[str, Any]) -> None:
        made["model"]["vocab"]["Hello"] = len(made["model"]["vocab"])

    def merged(made: dict[str, Any]) -> None:
        whole(made)
        made["model"]["ignore_merges"] = False

    one, other = json_source(tmp_path / "a", merged), json_source(tmp_path / "b", whole)
    found = compared(tokenizers, one, other, "Hello")
    assert [cause.kind for cause in found.causes] == ["whole"] and found.differing == (0,)


def pieces_file(folder: Path, *, byte_fallback: bool) -> Source:
    """Such as SentencePiece models become: whole letters, and single bytes for the others."""
    names = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "t", "h", "e", " ", "th"]
    model = {"type": "BPE", "vocab": {name: at for at, name in enumerate(names)},
             "merges": ["t h"], "unk_token": "<unk>", "byte_fallback": byte_fallback}  # fmt: skip
    folder.mkdir()
    path = folder / "tokenizer.json"
    path.write_text(json.dumps({"version": "1.0", "added_tokens": [], "model": model}), "utf-8")
    return Source("json", str(path), folder.name)


@pytest.mark.parametrize("first", (True, False))
def test_letters_spelled_in_bytes_by_one_alone_are_named(
    tokenizers: Tokenizers, tmp_path: Path, first: bool
) -> None:
    one = pieces_file(tmp_path / "one", byte_fallback=first)
    other = pieces_file(tmp_path / "other", byte_fallback=not first)
    found = compared(tokenizers, one, other, "the é")
    assert [cause.kind for cause in found.causes] == ["fallback"] and not found.unexplained
    who, whom = ("one", "other") if first else ("other", "one")
    assert found.causes[0].sentence.startswith(f"{who} spells letters that have no token in single")
    assert f"{whom} does not" in found.causes[0].sentence
