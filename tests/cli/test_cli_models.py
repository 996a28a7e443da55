"""`assay models` on real files, without a window."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import models as command
from models.errors import UserError
from models.library.library import Library
from models.library.roots import Root
from tests.gguf_files import write_gguf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_gguf(tmp_path / "models" / "tiny-Q8_0.gguf")
    (tmp_path / "models" / "broken.gguf").write_text("no model")
    return tmp_path / "models"


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Library:
    return Library(tmp_path / "index.sqlite3", (Root(folder, "LM Studio"),))


def run(library: Library, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    services: Any = SimpleNamespace(library=library)
    return command.run(parser.parse_args(words), services)


def test_the_list_has_a_row_a_model(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(library, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Problem" in lines[0]
    assert "cannot be read as a GGUF model" in lines[1]
    assert all(word in lines[2] for word in ("tiny-Q8_0", "Fits", "LM Studio"))


def test_the_list_as_json(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    run(library, "list", "--json", "--simulated")
    listed = {item["name"]: item for item in json.loads(capsys.readouterr().out)["models"]}
    assert listed["tiny-Q8_0"]["n_params"] == 4096
    assert listed["sim:echo"]["format"] == "sim"


def test_show_tells_mix_fit_and_header(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    run(library, "show", "tiny-q8_0")
    out = capsys.readouterr().out
    assert "8.50 bits a weight (the file calls itself Q8_0)" in out
    assert "tokenizer.chat_template = {{ messages }}" in out
    assert "Together" in out


def test_show_as_json_has_tensors(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    run(library, "show", "tiny-Q8_0", "--json")
    details = json.loads(capsys.readouterr().out)
    assert details["tensors"][0]["shape"] == [64, 64]
    assert details["forecast"]["verdict"] == "fits"


@pytest.mark.parametrize("name", ["broken", "sim:echo"])
def test_show_works_without_a_header(
    library: Library, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert run(library, "show", name) == 0
    assert name in capsys.readouterr().out


def test_add_and_remove(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_gguf(tmp_path / "elsewhere" / "mine.gguf")
    run(library, "add", str(path))
    run(library, "remove", "mine")
    assert "its file stays" in capsys.readouterr().out.lower()
    assert path.exists()


@pytest.mark.parametrize("words", [("show", "nobody"), ("add", "/nowhere"), ("remove", "sim:echo")])
def test_a_mistake_ends_in_a_sentence(library: Library, words: tuple[str, ...]) -> None:
    with pytest.raises(UserError):
        run(library, *words)


def test_a_header_cannot_steer_the_terminal(
    folder: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    write_gguf(folder / "evil.gguf", {"general.architecture": "llama", "x": "\x1b[2J\x07"})
    run(library, "show", "evil")
    assert "\x1b" not in capsys.readouterr().out
