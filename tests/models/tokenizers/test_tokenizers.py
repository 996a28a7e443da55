"""Every kind of tokenizer tells the same of a text: numbers, bytes, places."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.cancel import CancelToken
from models.engine.sim_vocabulary import SimVocabulary
from models.errors import Cancelled, EngineDied, UserError
from models.library.library import Library
from models.long_work import result_of
from models.tokenizers.child import carried
from models.tokenizers.cut import Cut, packed, unpacked
from models.tokenizers.cutting import cut as cut_text
from models.tokenizers.opened import Tokenizer
from models.tokenizers.source import Source, find_source, told_apart
from models.tokenizers.tokenizers import MAX_TEXT_BYTES, ROOM, Tokenizers
from tests.models.tokenizers.conftest import (
    CONTROL,
    byte_level,
    cut,
    json_source,
    opened,
    sentencepiece_source,
)

FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"

Children = Callable[..., list[psutil.Process]]


def shipped(tmp_path: Path) -> Source:
    return find_source(Library(tmp_path / "index.sqlite3"), "cl100k")


@pytest.fixture(scope="module")
def cl100k(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return opened(shipped(tmp_path_factory.mktemp("library")))


def raw(cut: Cut) -> list[bytes]:
    return [cut[index].raw for index in range(len(cut))]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Hello, world!", 4), ("artificial", 2), ("1234567", 3), ("3.14159265358979323846", 9),
        ("Supercalifragilistic", 7), ("こんにちは世界", 4), ("Tokenization is fascinating", 4),
    ],
)  # fmt: skip
def test_the_shipped_encoding_gives_published_counts(tmp_path: Path, text: str, count: int) -> None:
    assert len(cut(shipped(tmp_path), text)) == count


def test_the_shipped_encoding_gives_published_numbers(cl100k: Tokenizer) -> None:
    found = cut_text("Hello! How does tokenization work?", cl100k, False)
    assert list(found.ids) == [9906, 0, 2650, 1587, 4037, 2065, 990, 30]


def test_letters_spread_over_tokens_are_marked_and_counted(tmp_path: Path) -> None:
    found = cut(json_source(tmp_path, byte_level()), f"thé{FAMILY}a")
    shares = [(found[i].raw, found[i].shares) for i in range(len(found))]
    assert shares[:3] == [(b"th", False), (b"\xc3", True), (b"\xa9", True)]
    assert shares[-1] == (b"a", False)
    assert (found.n_graphemes, found.n_split_graphemes) == (5, 2)


def test_control_tokens_are_read_out_of_a_text_only_when_asked(tmp_path: Path) -> None:
    source = json_source(tmp_path, byte_level())
    assert cut(source, CONTROL).n_of_kind["c"] == 0
    read = cut(source, CONTROL, True)
    assert (list(read.ids), read[0].kind) == ([257], "c")


def test_a_sentence_piece_model_falls_back_to_bytes(tmp_path: Path) -> None:
    found = cut(sentencepiece_source(tmp_path), "the é")
    assert found.spelling == "lead"
    assert [(t.raw, t.kind) for t in map(found.__getitem__, range(len(found)))][-2:] == [
        (b"\xc3", "b"), (b"\xa9", "b"),
    ]  # fmt: skip
    assert found.starts[0] <= 0 and found.ends[-1] == len("the é".encode())


def test_altered_letters_keep_their_places(tmp_path: Path) -> None:
    source = json_source(tmp_path, byte_level(normalizer={"type": "Lowercase"}))
    found = cut(source, "A THE")
    assert found.spelling == "changed" and raw(found) == [b"a", b" ", b"th", b"e"]
    assert list(found.starts) == [0, 1, 2, 4]


def test_a_sentence_piece_model_that_alters_letters_tells_their_places(tmp_path: Path) -> None:
    found = cut(sentencepiece_source(tmp_path), "ﬁ the  cat")
    assert found.spelling == "changed" and found[len(found) - 1].raw == b" cat"
    assert (found.starts[-1], found.ends[-1]) == (7, len("ﬁ the  cat".encode()))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_whatever_the_text_the_pieces_are_its_bytes(cl100k: Tokenizer, text: str) -> None:
    found = cut_text(text, cl100k, False)
    assert b"".join(raw(found)) == text.encode() and found.spelling == "exact"
    assert all(found[i].raw == text.encode()[found.starts[i] : found.ends[i]]
               for i in range(len(found)))  # fmt: skip
    assert found.n_graphemes <= len(text) or not text


# ---- bad input -----------------------------------------------------------------------------


def test_holes_in_a_vocabulary_are_told(tmp_path: Path) -> None:
    content = byte_level()
    content["model"]["vocab"]["far"] = 400
    source = json_source(tmp_path, content)
    facts = opened(source)
    assert facts.n_tokens == 401 and "142 numbers below 401 have no token" in facts.notes[0]


def test_a_tokenizer_that_goes_beyond_its_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"vocab_size": 100}', "utf-8")
    source = json_source(tmp_path, byte_level())
    facts = opened(source)
    assert "knows 100 tokens only" in facts.notes[0]


def contradicting() -> dict[str, object]:
    content = byte_level()
    content["model"]["merges"] = ["nowhere known"]
    return content


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tokenizer.json", b"{}", "cannot be read"),
        ("tokenizer.json", b"\xff\xfe", "cannot be read"),
        ("tokenizer.model", b"\x00\x01 no model", "is no SentencePiece model"),
        ("o200k_base.tiktoken", b"aGk= 0\n", "no encoding that Assay knows"),
        ("model.gguf", b"GGUF\x03\x00\x00\x00", "could not be read"),
    ],
)
def test_what_is_no_tokenizer_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    kinds = {"json": "json", "model": "sentencepiece", "tiktoken": "tiktoken", "gguf": "gguf"}
    source = Source(kinds[name.split(".")[-1]], str(tmp_path / name), name)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=words):
        opened(source)


def test_a_tokenizer_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        opened(json_source(tmp_path, contradicting()))


class Beyond(SimVocabulary):
    """Makes a token that its vocabulary does not have."""

    n_tokens = 10

    def encode(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        return [1, 99]

    def contains(self, token_id: int) -> bool:
        return token_id < self.n_tokens


def test_a_number_beyond_the_vocabulary_contradicts_the_file() -> None:
    made = Tokenizer(Beyond(), "made up", 10, lambda _number: "n")
    with pytest.raises(UserError, match="contradicts its own file: it made token 99"):
        cut_text("a", made, False)


@pytest.mark.parametrize(("template", "framed"), [(None, 1), (CONTROL, 3)])
def test_what_stands_around_a_prompt_is_told_without_a_place(
    tmp_path: Path, template: str | None, framed: int
) -> None:
    content = byte_level()
    if template:
        part = {"SpecialToken": {"id": template, "type_id": 0}}
        content["post_processor"] = {
            "type": "TemplateProcessing", "pair": [], "special_tokens": {
                template: {"id": template, "ids": [257], "tokens": [template]}},
            "single": [part, {"Sequence": {"id": "A", "type_id": 0}}, part],
        }  # fmt: skip
    found = cut_text("a", opened(json_source(tmp_path, content)), False, framed=True)
    assert len(found) == framed and (found.starts[-1], found.ends[-1]) in ((0, 1), (1, 1))


def test_a_long_text_has_its_tokens_at_the_same_places_as_in_pieces(cl100k: Tokenizer) -> None:
    """Long texts go another, faster way."""
    text = "naïve café, 東京 👩‍👩‍👧\n"
    one, many = cut_text(text, cl100k, False), cut_text(text * 4000, cl100k, False)
    assert len(many) == 4000 * len(one) > 20_000
    size = len(text.encode())
    assert list(many.ends[-len(one) :]) == [3999 * size + end for end in one.ends]
    assert many.shares == one.shares * 4000 and many.n_graphemes == 4000 * one.n_graphemes
    back = unpacked(packed(many))
    assert (back.ids, back.starts, back.ends, back.shares) == (
        many.ids, many.starts, many.ends, many.shares,
    )  # fmt: skip


@pytest.mark.parametrize("folder", ("", "gone"))
def test_long_columns_go_through_a_file_and_without_one_through_the_message(
    cl100k: Tokenizer, tmp_path: Path, folder: str
) -> None:
    made = cut_text("one two three " * 2000, cl100k, False)
    file = tmp_path / folder / "columns"
    done = carried(made, str(file))
    assert (len(done.ids) < 40) == file.exists() == (not folder)
    with file.open("rb") if not folder else nullcontext() as beside:
        back = unpacked(done, beside)
    assert (back.ids, back.starts, back.ends) == (made.ids, made.starts, made.ends)


def test_few_shared_letters_travel_as_places(cl100k: Tokenizer) -> None:
    found = cut_text("plain words " * 100 + "👩‍👩‍👧", cl100k, False)
    assert sum(found.shares) > 1 and unpacked(packed(found)).shares == found.shares


def test_half_a_character_is_refused_by_name(cl100k: Tokenizer) -> None:
    with pytest.raises(UserError, match="half of a character"):
        cut_text("a\ud83d", cl100k, False)


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (("/m/a/t.json", "/m/b/t.json"), ["t (a)", "t (b)"]),
        (("/a/m/t.json", "/b/m/t.json"), ["t (a)", "t (b)"]),
        (("/m/t.gguf", "/m/t"), ["t (t.gguf)", "t (t)"]),
        (("/m/t.gguf", "/m/t.gguf"), ["t", "t"]),
        (("/a/b/t", "/a/c/t", "/b/b/t"), ["t (/a/b)", "t (/a/c)", "t (/b/b)"]),
    ],
)
def test_tokenizers_of_one_name_are_told_apart_by_their_place(
    paths: tuple[str, ...], shown: list[str]
) -> None:
    sources = told_apart([Source("json", path, "t") for path in paths])
    assert [source.name for source in sources] == shown


# ---- processes -----------------------------------------------------------------------------


def ask(tokenizers: Tokenizers, source: Source, text: str, parse_special: bool = False) -> Cut:
    return result_of(tokenizers.cut(source, text, parse_special, CancelToken()))


def test_ten_megabytes_of_one_letter_are_refused_and_half_a_megabyte_is_cut(
    tokenizers: Tokenizers, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="at most"):
        ask(tokenizers, shipped(tmp_path), "a" * 10_000_000)
    found = ask(tokenizers, shipped(tmp_path), "a" * (MAX_TEXT_BYTES // 8))
    assert len(found) == MAX_TEXT_BYTES // 64 and found[0].raw == b"aaaaaaaa"


def test_a_file_that_changes_is_read_again_and_one_that_is_gone_is_named(
    tokenizers: Tokenizers, tmp_path: Path
) -> None:
    source = json_source(tmp_path, byte_level())
    assert len(ask(tokenizers, source, "the")) == 2
    content = byte_level()
    json_source(tmp_path, content | {"model": content["model"] | {"merges": []}})
    assert len(ask(tokenizers, source, "the")) == 3
    folder = Source("folder", str(tmp_path), "tiny")
    assert len(ask(tokenizers, folder, "the")) == 3
    Path(source.path).write_text(json.dumps(content), "utf-8")
    assert len(ask(tokenizers, folder, "the")) == 2
    Path(source.path).unlink()
    with pytest.raises(UserError, match="not there any more"):
        ask(tokenizers, source, "the")


def test_a_file_that_ends_its_process_ends_nothing_else(
    tokenizers: Tokenizers, tmp_path: Path
) -> None:
    broken = Source("gguf", str(tmp_path / "model.gguf"), "broken")
    Path(broken.path).write_bytes(b"GGUF\x03\x00\x00\x00")
    with pytest.raises(UserError):
        ask(tokenizers, broken, "a")
    assert len(ask(tokenizers, json_source(tmp_path, byte_level()), "a")) == 1


def test_a_question_given_up_at_once_does_not_hold_up_the_next(
    tokenizers: Tokenizers, tmp_path: Path, own_children: Children
) -> None:
    source, given_up = json_source(tmp_path, byte_level()), CancelToken()
    ask(tokenizers, source, "a")
    (stuck,) = own_children()
    stuck.suspend()
    given_up.cancel()
    with pytest.raises(Cancelled):
        result_of(tokenizers.cut(source, "ab", False, given_up))
    assert len(ask(tokenizers, source, "the")) == 2 and not stuck.is_running()


class Meanwhile(CancelToken):
    """Does something the first time that somebody waits and looks whether to go on."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._acts = [act]

    def raise_if_cancelled(self) -> None:
        if self._acts:
            self._acts.pop()()
        super().raise_if_cancelled()


def test_a_tokenizer_whose_process_ends_in_the_middle_is_named_and_begun_again(
    tokenizers: Tokenizers, tmp_path: Path, own_children: Children
) -> None:
    source = json_source(tmp_path, byte_level())
    ask(tokenizers, source, "a")
    (child,) = own_children()
    child.suspend()
    steps = tokenizers.cut(source, "the", False, Meanwhile(child.kill))
    with pytest.raises(EngineDied, match="read tiny ended in the middle"):
        result_of(steps)
    assert len(ask(tokenizers, source, "the")) == 2


def test_closing_while_a_tokenizer_opens_leaves_no_process(
    tokenizers: Tokenizers, tmp_path: Path, own_children: Children
) -> None:
    with pytest.raises(Cancelled):
        result_of(tokenizers.facts(shipped(tmp_path), Meanwhile(tokenizers.close)))
    assert not own_children()
    with pytest.raises(Cancelled):
        ask(tokenizers, shipped(tmp_path), "a")


def test_waiting_for_another_tokenizer_to_open_can_be_given_up(
    tokenizers: Tokenizers, tmp_path: Path
) -> None:
    source, given_up, refused = json_source(tmp_path, byte_level()), CancelToken(), []
    given_up.cancel()

    def ask_for_another() -> None:
        with pytest.raises(Cancelled):
            result_of(tokenizers.facts(source, given_up))
        refused.append(source)

    facts = result_of(tokenizers.facts(shipped(tmp_path), Meanwhile(ask_for_another)))
    assert facts.n_tokens > 100_000 and refused == [source]


def test_the_least_recently_used_process_leaves(
    tmp_path: Path, tokenizers: Tokenizers, own_children: Children
) -> None:
    seen = set()
    for number in range(ROOM + 1):
        (tmp_path / str(number)).mkdir()
        ask(tokenizers, json_source(tmp_path / str(number), byte_level()), "a")
        seen |= set(own_children())
    assert len(seen) == ROOM + 1
    assert len(own_children()) == ROOM


def test_the_file_of_a_killed_program_goes_with_the_next_long_text(
    tokenizers: Tokenizers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    foreign = tmp_path / f".other.{dead.pid}.partial"
    left = tmp_path / f".assay-columns-a.{dead.pid}.partial"
    foreign.touch()
    left.mkdir()
    (left / "columns").touch()
    source = Source("simulated", "", "made up")
    result_of(tokenizers.cut(source, "words " * 10_000, False, CancelToken()))
    assert list(tmp_path.iterdir()) == [foreign]
