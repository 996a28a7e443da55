"""Two sources of one tokenizer: each defect that is put there is found, by experiment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labs.tokens.parity.battery import OWN, battery
from labs.tokens.parity.doctor import Parity, compare_sources
from labs.tokens.parity.words import cause_of, remarks, sureness, unexplained, verdict
from models.cancel import CancelToken
from models.convert.source import Source as Weights
from models.convert.tokenizer import pre_tokenizer_of, settings_of, tokenizer_of
from models.errors import Cancelled, UserError
from models.long_work import result_of
from models.starter import starter_path
from models.tokenizers.cut import Cut
from models.tokenizers.source import Source, find_source
from models.tokenizers.tokenizers import Tokenizers
from tests.labs.tokens.parity_files import (
    ADDED,
    CONTROL,
    END,
    HereTokenizers,
    content,
    gguf_source,
    json_source,
    sentencepiece_gguf,
)
from tests.models.tokenizers.conftest import sentencepiece_source

Edit = Callable[[dict[str, Any]], Any]


@pytest.fixture
def tokenizers() -> Tokenizers:
    return HereTokenizers()


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return gguf_source(tmp_path_factory.mktemp("gguf") / "model.gguf")


def compared(tokenizers: Tokenizers, one: Source, other: Source, text: str = "") -> Parity:
    return result_of(compare_sources(tokenizers, one, other, text, CancelToken()))


def test_two_formats_of_one_tokenizer_are_alike(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    found = compared(tokenizers, gguf, json_source(tmp_path), "12345, it's the cat")
    assert not found.differing and not found.causes and not remarks(found)
    assert found.texts[0].item.kind == OWN and verdict(found).startswith("Alike: all")
    assert found.vocabularies is not None and found.vocabularies.n_renumbered == 0


DOG = {"type": "Replace", "pattern": {"String": "cat"}, "content": "dog"}


def no_added(made: dict[str, Any]) -> None:
    made["added_tokens"] = [t for t in made["added_tokens"] if t["content"] != ADDED]


def fewer_merges(made: dict[str, Any]) -> None:
    made["model"]["merges"] = made["model"]["merges"][:40]


def prefix_blank(made: dict[str, Any]) -> None:
    made["pre_tokenizer"]["pretokenizers"][-1]["add_prefix_space"] = True


def as_smollm(made: dict[str, Any]) -> None:
    made["pre_tokenizer"] = pre_tokenizer_of("smollm")


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


def test_a_difference_without_a_known_cause_is_said_to_have_none(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    def eats_blanks(made: dict[str, Any]) -> None:
        token = next(each for each in made["added_tokens"] if each["content"] == ADDED)
        token["rstrip"] = True

    found = compared(tokenizers, gguf, json_source(tmp_path, eats_blanks))
    assert not found.causes and found.unexplained == found.differing
    assert unexplained(found).startswith("Cause not found for 1 text")
    assert cause_of(found, found.differing[0]) == "Cause not found."


def test_the_first_difference_is_placed_in_both(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    found = compared(tokenizers, gguf, json_source(tmp_path, as_smollm), "it is 1234")
    first = found.texts[0]
    assert first.first is not None and isinstance(first.one, Cut) and isinstance(first.other, Cut)
    assert first.one[first.first.index].text == " " or first.first.one[0] >= 5
    assert list(first.one.ids)[: first.first.index] == list(first.other.ids)[: first.first.index]


def test_two_tokenizers_are_no_sources_of_one(tokenizers: Tokenizers, gguf: Source) -> None:
    found = compared(tokenizers, gguf, find_source(None, "cl100k"))  # type: ignore[arg-type]
    assert not found.causes and "two tokenizers, not two sources of one" in unexplained(found)


def test_a_sentence_piece_file_has_no_frame_and_reads_no_control_tokens(
    tokenizers: Tokenizers, tmp_path: Path
) -> None:
    one = sentencepiece_source(tmp_path)
    found = compared(tokenizers, one, sentencepiece_gguf(tmp_path / "model.gguf", one))
    told = {cause.kind: cause.sentence for cause in found.causes}
    assert told["frame"] == "tiny puts nothing around a text; gguf file puts <s> around a text."
    assert told["control"].startswith("gguf file reads control tokens such as “</s>” out of the")
    sentences = " ".join(cause.sentence for cause in found.causes)
    assert "(NFKC)" in sentences and "joins neighbouring blanks" in sentences
    assert {found.texts[at].item.kind for at in found.unexplained} == {"broken text"}


def test_holes_in_a_vocabulary_and_more_tokens_than_the_other_are_told(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    def far(made: dict[str, Any]) -> None:
        made["model"]["vocab"]["farther"] = 900

    found = compared(tokenizers, gguf, json_source(tmp_path, far))
    assert not found.differing and "1 token only in json file: “farther”" in remarks(found)[0]


def test_tokens_with_line_ends_are_told_on_one_line(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    def with_lines(made: dict[str, Any]) -> None:
        made["model"]["vocab"] |= {";ĊĊĊč": len(made["model"]["vocab"])}

    told = " ".join(remarks(compared(tokenizers, gguf, json_source(tmp_path, with_lines))))
    assert "1 token only in json file: “;↵↵↵␍”" in told


def test_merges_that_differ_without_showing_are_told(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    def last_gone(made: dict[str, Any]) -> None:
        made["model"]["merges"].append(["q", "Z"])
        made["model"]["vocab"]["qZ"] = len(made["model"]["vocab"])

    found = compared(tokenizers, gguf, json_source(tmp_path, last_gone))
    assert not found.differing and verdict(found).startswith("Alike")
    told = " ".join(remarks(found))
    assert "Merges: 1 only in json file" in told and "1 token only in json file: “qZ”" in told


def test_a_tokenizer_that_contradicts_its_file_is_told(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    found = compared(tokenizers, gguf, json_source(tmp_path, lambda m: m.update(normalizer={
        "type": "Lowercase"})))  # fmt: skip
    assert any("json file does not give" in line for line in remarks(found))


def test_the_starter_is_alike_in_its_gguf_and_its_converted_file(tmp_path: Path) -> None:
    """In processes of their own, as in the program."""
    starter = starter_path()
    if starter is None:
        pytest.skip("The starter model is not prepared.")
    weights = Weights([starter])
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer_of(weights)), "utf-8")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings_of(weights)), "utf-8")
    one = Source("gguf", str(starter), "starter")
    tokenizers = Tokenizers()
    found = compared(tokenizers, one, Source("folder", str(tmp_path), "MLX folder"))
    tokenizers.close()
    assert found.differing == () and len(found.texts) > 50


def test_it_can_be_stopped_and_one_that_is_gone_is_named(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    cancel = CancelToken()
    steps = compare_sources(tokenizers, gguf, gguf, "", cancel)
    next(steps)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(steps)
    with pytest.raises(UserError):
        compared(tokenizers, gguf, Source("json", str(tmp_path / "tokenizer.json"), "gone"))


def test_the_battery_holds_each_kind_of_trouble() -> None:
    items = battery("mine", ["<|x|>", " "])
    assert items[0].kind == OWN and {"digits", "Thai", "nothing", "broken text"} <= {
        item.kind for item in items
    }
    assert "so <|x|>it<|x|> is" in [item.text for item in items]
    assert [item.text.encode() for item in items]  # every one is text


def test_the_battery_leaves_no_added_token_out_where_there_are_many() -> None:
    names = [f"<a{number:02}>" for number in range(40)]
    texts = [item.text for item in battery("", [*names, CONTROL, END])]
    assert f"so {CONTROL}it{CONTROL} is" in " ".join(texts)
    assert all(any(name in text for text in texts) for name in names)
