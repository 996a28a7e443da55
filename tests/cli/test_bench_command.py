"""`assay bench` prints a table or one JSON object, keeps it, and says when it is partial."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import bench as command
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.library.library import Library
from tests.engine.tiny_kinds import llama

pytestmark = pytest.mark.model
SMALL = ("-p", "24", "-n", "4", "-r", "2", "--threads", "1")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(llama(tmp_path_factory.mktemp("tiny") / "tiny-F32.gguf"))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Any]:
    paths = SimpleNamespace(benchmarks=tmp_path / "benchmarks")
    library = Library(tmp_path / "index.sqlite3")
    with closing(Pool(fits=lambda *_: True)) as pool, closing(Sandbox()) as sandbox:
        yield SimpleNamespace(library=library, pool=pool, sandbox=sandbox, paths=paths)


def run(services: Any, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([*words]), services)


def test_every_reading_is_told_and_kept(
    services: Any, tiny: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "--model", tiny, *SMALL, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    (found,) = told["benchmarks"]
    assert [test["name"] for test in found["tests"]] == ["pp24", "tg4"]
    assert all(
        len(test["repetitions"]) == test["tokens_per_s"]["n"] == 2 for test in found["tests"]
    )
    assert found["chatted"]["first_token_warm_s"]["n"] == 2
    assert found["model"]["fingerprint"] and found["machine"]["threads"] >= 1
    assert found["telemetry"]["n_readings"] >= 1
    kept = json.loads(Path(told["kept"][0]).read_text("utf-8"))
    assert kept["tests"] == found["tests"]


def test_a_table_tells_which_is_which(
    services: Any, tiny: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--model", tiny, "--model", "sim:echo", "-p", "8", "-n", "2", "-r", "1", "--no-keep")
    assert run(services, *words) == 0
    told = capsys.readouterr().out
    assert "Reads 8 tokens (pp8)" in told and "As chatted: writes" in told
    assert "Measured as chatted only: A simulated model has no weights to read." in told
    assert not services.paths.benchmarks.exists()


def test_what_cannot_be_kept_is_shown_all_the_same(
    services: Any, tiny: str, capsys: pytest.CaptureFixture[str]
) -> None:
    services.paths.benchmarks.write_text("", "utf-8")
    assert run(services, "--model", tiny, *SMALL, "--no-chat") == 0
    told = capsys.readouterr()
    assert "pp24" in told.out and "could not be kept" in told.err


def test_a_sweep_over_layers_needs_a_graphics_processor(services: Any, tiny: str) -> None:
    with pytest.raises(UserError, match="no graphics processor"):
        run(services, "--model", tiny, *SMALL, "--gpu-layers", "0,4")


@pytest.mark.parametrize("words", [("--threads", "1,x"), ("--gpu-layers", "")])
def test_a_list_that_is_none_is_refused(services: Any, words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        run(services, *words)
