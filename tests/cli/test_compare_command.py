"""`assay compare` prints a table or one JSON object, and says when it is partial."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.cli import compare as command
from app.paths import Paths
from labs.quantization.document import document_of
from labs.quantization.kept import listed, read
from models.cancel import CancelToken
from models.engine.pool import Pool
from models.errors import UserError
from models.library.gguf_header import read_header
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from tests.engine.tiny_kinds import llama

pytestmark = pytest.mark.model
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("family")
    path, target = llama(folder / "tiny-F32.gguf"), folder / "tiny-Q4_0.gguf"
    (entry,) = Library(folder / "index").add(path)
    result_of(quantize(Wish(entry, target, "Q4_0"), CancelToken()))
    return str(path), str(target)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Any]:
    with closing(Pool(fits=lambda *_: True)) as pool:
        paths = Paths(tmp_path / "home", tmp_path / "cache")
        library = Library(tmp_path / "index.sqlite3")
        yield SimpleNamespace(library=library, pool=pool, paths=paths)


def run(services: Any, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([*words, "--window-tokens", "64"]), services)


def test_every_number_has_its_error(
    services: Any, files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, *files, "--windows", "4", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    base, other = told["rows"]
    assert base["measures"] is None and base["label"] == "tiny-F32"
    for name in ("kld", "perplexity", "perplexity_base", "perplexity_ratio", "rms_delta_p",
                 "same_top"):  # fmt: skip
        figure = other["measures"][name]
        assert figure["se"] > 0 and figure["low"] < figure["value"] < figure["high"]
    assert told["texts"] == ["prose", "code", "dialogue"]
    assert (told["n_windows"], told["is_partial"]) == (4, False)
    assert other["write_speed"]["n"] == 5
    assert told["telemetry"]["schema_version"] == 1 and told["told"]["windows"] == []
    assert [model["fingerprint"] for model in told["models"]] and told["machine"]["cores"] > 0


def test_a_comparison_is_kept_and_reads_as_it_was(
    services: Any, files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, *files, "--windows", "2", "--no-speed", "--json", "--tokens") == 0
    told = json.loads(capsys.readouterr().out)
    (row,) = result_of(listed(services.paths.comparisons))
    assert json.loads(row.path.read_text("utf-8")) == told
    assert (row.base, row.others, row.n_windows) == ("tiny-F32", ("tiny-Q4_0",), 2)
    assert row.texts == ("prose", "code")  # no window was left for a dialogue
    assert document_of(read(row.path)) == told


def test_a_table_of_a_text_of_ones_own(
    services: Any, files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "own.txt"
    text.write_text("A tortoise, for all its slowness, came to the goal first. " * 3, "utf-8")
    assert run(services, *files, "--text", str(text), "--no-speed") == 0
    told = capsys.readouterr().out
    assert "Same likeliest token" in told and "±" in told
    assert "2 windows of 64 tokens, all that the text holds" in told


def test_a_damaged_file_gives_json_all_the_same(
    services: Any, files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weights of a thousand times their size: so sure of the wrong token that e^(−ln p) is no
    number any more."""
    damaged = tmp_path / "damaged.gguf"
    content = bytearray(Path(files[0]).read_bytes())
    tensor = next(t for t in read_header(Path(files[0])).tensors if t.name == "token_embd.weight")
    end = tensor.offset + (tensor.size_bytes or 0)
    values = np.frombuffer(content[tensor.offset : end], np.float32) * 1000
    content[tensor.offset : end] = values.tobytes()
    damaged.write_bytes(content)
    assert run(services, files[0], str(damaged), "--windows", "2", "--no-speed", "--json") == 0
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    measures = told["rows"][1]["measures"]
    assert measures["perplexity"]["value"] is None
    assert "too large" in measures["perplexity"]["reason"]


def test_two_models_are_refused_in_a_sentence(
    services: Any, files: tuple[str, str], starter: Path
) -> None:
    with pytest.raises(UserError, match="two different models"):
        run(services, files[0], str(starter))


def test_tokens_that_nothing_would_show_are_refused(services: Any, files: tuple[str, str]) -> None:
    with pytest.raises(UserError, match="part of the JSON alone"):
        run(services, *files, "--tokens")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="There is no pseudo-terminal.")
def test_ctrl_c_keeps_what_is_there(starter: Path, tmp_path: Path) -> None:
    """The window that is under way is given up; those before it are told."""
    words = [sys.executable, "-m", "app", "compare", str(starter), f"{starter}@q8_0",
             "--windows", "40", "--window-tokens", "128", "--json"]  # fmt: skip
    screen, terminal = os.openpty()
    environment = {**os.environ, "ASSAY_HOME": str(tmp_path)}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=terminal, env=environment, cwd=ROOT, text=True
    ) as child:
        os.close(terminal)
        seen = b""
        while b"Window 2 of 40" not in seen:
            seen += os.read(screen, 4096)
        child.send_signal(signal.SIGINT)
        told = json.loads(child.communicate()[0])
    os.close(screen)
    assert child.returncode == command.PARTIAL
    assert told["is_partial"] and 1 <= told["n_windows"] < 40
    assert "Partial: stopped after" in told["notes"][0]
