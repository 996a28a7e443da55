"""`assay quantize` makes a file, lists it, and shows before what a type would give."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import quantize as command
from models.errors import UserError
from models.library.library import Library
from tests.engine.tiny_kinds import llama

pytestmark = pytest.mark.model


def run(home: Path, *words: str) -> Library:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    library = Library(home / "index.sqlite3")
    services: Any = SimpleNamespace(library=library)
    assert command.run(parser.parse_args(words), services) == 0
    return library


def test_a_file_is_made_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = llama(tmp_path / "tiny-F32.gguf"), tmp_path / "tiny-Q8_0.gguf"
    library = run(tmp_path, str(path), "--to", "q8_0", "--out", str(target))
    assert target in [entry.path for entry in library.entries()]
    told = capsys.readouterr()
    assert "bits a weight (Q8_0" in told.out
    assert "stays lost" not in told.err


def test_a_dry_run_tells_every_type_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = llama(tmp_path / "tiny-F32.gguf")
    run(tmp_path, str(path), "--dry-run", "--json")
    types = {told["quantization"]: told for told in json.loads(capsys.readouterr().out)["types"]}
    assert types["Q4_K_M"]["in_name_only"] and not types["Q8_0"]["in_name_only"]
    assert types["F16"]["size_bytes"] > types["Q8_0"]["size_bytes"] > types["Q4_0"]["size_bytes"]
    assert [each.name for each in tmp_path.glob("*.gguf")] == [path.name]


def test_without_a_type_or_a_file_it_asks_for_both(tmp_path: Path) -> None:
    path = llama(tmp_path / "tiny-F32.gguf")
    with pytest.raises(UserError, match="--to and a file with --out"):
        run(tmp_path, str(path), "--to", "Q8_0")


def test_a_name_that_no_model_has_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    path = llama(tmp_path / "tiny-F32.gguf")
    with pytest.raises(UserError, match="would not be found"):
        run(tmp_path, str(path), "--to", "Q8_0", "--out", str(tmp_path / "x.txt"))
    assert not (tmp_path / "x.txt").exists()
    with pytest.raises(UserError, match="is a folder"):
        run(tmp_path, str(path), "--to", "Q8_0", "--out", str(tmp_path))
