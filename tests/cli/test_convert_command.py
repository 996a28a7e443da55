"""`assay models convert` makes a folder of a file and lists it."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import convert as command
from app.paths import Paths
from models.errors import UserError
from models.library.library import Library
from tests.engine.tiny_kinds import llama
from tests.servers.mlx_model import needs_mlx


def run(home: Path, *words: str) -> Library:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    library = Library(home / "index.sqlite3")
    services: Any = SimpleNamespace(library=library, paths=Paths(home / "data", home / "cache"))
    assert command.run(parser.parse_args(["convert", *words]), services) == 0
    return library


@needs_mlx
def test_a_file_becomes_a_folder_in_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = llama(tmp_path / "tiny-F32.gguf")
    library = run(tmp_path, str(path), "--to", "mlx", "--bits", "8", "--group-size", "32")
    (entry,) = (entry for entry in library.entries() if entry.format == "mlx")
    assert entry.can_run and entry.quantization == "8-bit"
    assert entry.path == tmp_path / "data" / "models" / "tiny-mlx-8bit"
    assert "bits a weight" in capsys.readouterr().out
    with pytest.raises(UserError, match="exists already"):
        run(tmp_path, str(path), "--bits", "8")


@pytest.mark.parametrize("words", [("--bits", "7"), ("--float", "16", "--bits", "4")])
def test_what_mlx_does_not_have_is_refused_with_what_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, "starter", *words)
    assert "--bits" in capsys.readouterr().err
