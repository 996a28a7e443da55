"""`assay tokens` tells what a text costs, in words and as JSON."""

from __future__ import annotations

import argparse
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import tokens as command
from models.engine.pool import Pool
from models.errors import UserError
from models.library.library import Library
from models.tokenizers.tokenizers import Tokenizers
from tests.engine.tiny_kinds import llama, llama_stretched
from tests.labs.tokens.parity_files import json_source


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Any]:
    made = Tokenizers()
    yield SimpleNamespace(library=Library(tmp_path / "index.sqlite3"), tokenizers=made)
    made.close()


def run(services: Any, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words), services)


def test_a_text_in_words(services: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, "Hello, world!", "--model", "cl100k") == 0
    told = capsys.readouterr().out
    assert "[Hello]9906 [,]11 [ world]1917 [!]0" in told
    assert "4 tokens" in told and "2.00 a word, 3.25 bytes each" in told


def test_a_file_as_json_with_a_tokenizer_that_is_not_there(
    services: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_bytes("é<|im_end|>".encode())
    broken = tmp_path / "tokenizer.json"
    broken.write_text("{}", "utf-8")
    words = (str(tmp_path / "a.txt"), "--special", "--json")
    assert run(services, *words, "--model", "sim:echo", "--model", str(broken)) == 1
    good, bad = json.loads(capsys.readouterr().out)["tokenizers"]
    assert [(t["bytes"], t["kind"]) for t in good["tokens"]] == [
        ("c3a9", "normal"), (b"<|im_end|>".hex(), "control token"),
    ]  # fmt: skip
    assert "cannot be read" in bad["error"]


def test_nothing_is_no_text_and_an_unknown_name_is_no_tokenizer(services: Any) -> None:
    with pytest.raises(UserError, match="no text"):
        run(services, "", "--model", "cl100k")
    with pytest.raises(UserError, match="no model called"):
        run(services, "a", "--model", "nobody")


def test_languages_in_words_and_as_json(services: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, "--languages", "--model", "cl100k", "--reference", "es", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    languages = {row["language"]: row for row in told["tokenizers"][0]["languages"]}
    assert languages["es"]["premium"]["value"] == 1.0 and languages["th"]["tokens_per_word"] is None
    assert run(services, "--languages", "--model", "cl100k") == 0
    assert "Burmese takes 15.7 times the tokens of English" in capsys.readouterr().out
    with pytest.raises(UserError, match="no text in a language xx"):
        run(services, "--languages", "--reference", "xx")


def test_two_sources_of_one_tokenizer_end_with_one_where_they_differ(
    services: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = json_source(tmp_path / "a")
    other = json_source(tmp_path / "b", lambda made: made.update(normalizer={"type": "NFKC"}))
    sources = ("--model", one.path, "--model", other.path, "--same")
    assert run(services, "ｗｉｄｅ", *sources) == 1
    told = capsys.readouterr().out
    assert "Not alike" in told and "(NFKC)" in told and "→" in told
    assert run(services, *sources, "--json") == 1
    assert json.loads(capsys.readouterr().out)["causes"][0]["kind"] == "normalizer"
    assert run(services, "--model", one.path, "--model", one.path, "--same") == 0
    with pytest.raises(UserError, match="Two sources"):
        run(services, "--model", one.path, "--same")


@pytest.fixture
def with_models(services: Any, tmp_path: Path) -> Iterator[tuple[Any, str, str]]:
    """Services that load models, and two tiny ones with other tokens."""
    services.pool = Pool(fits=lambda *_: True)
    paths = (llama(tmp_path / "letters.gguf"), llama_stretched(tmp_path / "pieces.gguf"))
    yield (services, *map(str, paths))
    services.pool.close()


def test_the_surprise_of_a_text_and_where_two_models_differ(
    with_models: tuple[Any, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    services, first, second = with_models
    assert run(services, "the boasting", "--surprise", "--model", first) == 0
    told = capsys.readouterr().out
    assert "over 9 tokens" in told and "[the]– [ ]" in told
    assert run(services, "the boasting", "--surprise", "--model", first, "--model", second) == 0
    assert "over the smallest common stretches" in capsys.readouterr().out
    assert run(services, "the boasting", "--surprise", "--json", "--model", second) == 0
    [reading] = json.loads(capsys.readouterr().out)["readings"]
    assert reading["totals"]["n_bytes"] == 12 and reading["is_whole"]


def test_more_than_two_models_are_not_compared(services: Any) -> None:
    names = [word for name in ("a", "b", "c") for word in ("--model", name)]
    with pytest.raises(UserError, match="3 models cannot be compared"):
        run(services, "text", "--surprise", *names)


def test_nothing_from_stdin_is_no_text_and_an_endless_stream_is_not_read_to_its_end(
    services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO()))
    with pytest.raises(UserError, match="no text"):
        run(services, "-", "--model", "cl100k")
    with open("/dev/zero", "rb") as endless:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=endless))
        with pytest.raises(UserError, match="more than can be cut"):
            run(services, "-", "--model", "cl100k")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("hello", "--speed"), "--speed is for --languages only"),
        (("hello", "--reference", "de"), "--reference is for --languages only"),
        (("hello", "--languages"), "a text of its own"),
        (("hello", "--special", "--surprise"), "--special is for"),
        (("hello", "--same", "--surprise"), "exclude each other"),
    ],
)
def test_a_flag_that_would_do_nothing_is_refused(
    services: Any, words: tuple[str, ...], told: str
) -> None:
    with pytest.raises(UserError, match=told):
        run(services, *words)


@pytest.mark.parametrize(
    ("name", "told"),
    [("none.txt", "There is no file none.txt"), ("tests/cli", "tests/cli is a folder"),
     ("tests", ""), ("3.14", ""), ("/nowhere/text", "There is no file /nowhere/text")],
)  # fmt: skip
def test_what_looks_like_a_path_and_is_no_file_is_said_to_be_read_as_a_text(
    services: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    name: str, told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(Path(__file__).parents[2])
    assert run(services, name, "--model", "sim:echo") == 0
    out = capsys.readouterr().out
    assert out.startswith(told) and ("of its name" in out) == bool(told)


def test_a_pipe_is_read_as_a_file_is(services: Any, capsys: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"piped")
    os.close(writing)
    assert run(services, f"/dev/fd/{reading}", "--model", "cl100k", "--json") == 0
    os.close(reading)
    [told] = json.loads(capsys.readouterr().out)["tokenizers"]
    assert "".join(token["text"] for token in told["tokens"]) == "piped"
