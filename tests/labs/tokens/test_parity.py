"""Two sources of one tokenizer: what is said of both, of their files and of the texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labs.tokens.parity.battery import OWN, battery
from labs.tokens.parity.doctor import compare_sources
from labs.tokens.parity.words import cause_of, remarks, unexplained, verdict
from models.cancel import CancelToken
from models.convert.source import Source as Weights
from models.convert.tokenizer import settings_of, tokenizer_of
from models.errors import Cancelled, UserError
from models.starter import starter_path
from models.tokenizers.cut import Cut
from models.tokenizers.source import Source, find_source
from models.tokenizers.tokenizers import Tokenizers
from tests.labs.tokens.parity_files import (
    ADDED,
    CONTROL,
    END,
    as_smollm,
    compared,
    json_source,
    sentencepiece_gguf,
)
from tests.models.tokenizers.conftest import sentencepiece_source

Edit = Callable[[dict[str, Any]], Any]


def test_two_formats_of_one_tokenizer_are_alike(
    tokenizers: Tokenizers, gguf: Source, tmp_path: Path
) -> None:
    found = compared(tokenizers, gguf, json_source(tmp_path), "12345, it's the cat")
    assert not found.differing and not found.causes and not remarks(found)
    assert found.texts[0].item.kind == OWN and verdict(found).startswith("Alike: all")
    assert found.vocabularies is not None and found.vocabularies.n_renumbered == 0


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
    assert cause_of(found, found.differing[0]) == "Another tokenizer."


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
    assert remarks(found)[-1].startswith("Nothing was changed inside tiny:")


def test_one_file_chosen_twice_is_told(tokenizers: Tokenizers, gguf: Source) -> None:
    assert remarks(compared(tokenizers, gguf, gguf)) == ["Both are the same file, gguf file."]


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
