"""The starter is written again with other weight types: complete or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import UserError
from models.quantize.__main__ import prepare
from models.quantize.messages import QuantizeProgress
from models.starter import SOURCE_NAME, STARTER_NAME, starter_path
from tests.models.test_drafts import ended_pid

SOURCE = Path(__file__).parents[2] / "build" / "starter" / "source" / SOURCE_NAME


@pytest.fixture
def source() -> Path:
    if not SOURCE.is_file():
        pytest.skip("The starter's source is not there; run python3 start.py once.")
    return SOURCE


def command(source: Path, target: Path, quantization: str = "Q8_0") -> list[str]:
    words = [sys.executable, "-P", "-m", "models.quantize", source, target, quantization]
    return [str(word) for word in words]


def test_an_unknown_type_is_refused_with_the_known_ones(tmp_path: Path):
    with pytest.raises(UserError, match="Q8_0"):
        prepare(tmp_path / "a.gguf", tmp_path / "b.gguf", "Q9_9", print)


def test_a_missing_file_is_a_sentence(tmp_path: Path):
    with pytest.raises(UserError, match="no model file"):
        prepare(tmp_path / "a.gguf", tmp_path / "b.gguf", "Q8_0", print)


@pytest.mark.model
def test_a_damaged_file_is_a_sentence_and_leaves_nothing(tmp_path: Path):
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + b"\0" * 100)
    (tmp_path / f".b.gguf.{ended_pid()}.partial").write_bytes(b"of one that was killed")
    ended = subprocess.run(
        command(damaged, tmp_path / "b.gguf"), capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.gguf"]


@pytest.mark.slow
@pytest.mark.model
def test_the_starter_is_written_again_with_progress(source: Path, tmp_path: Path):
    target = tmp_path / STARTER_NAME
    ended = subprocess.run(
        command(source, target), capture_output=True, text=True, check=True, timeout=150
    )
    last = QuantizeProgress(**json.loads(ended.stdout.splitlines()[-1]))
    assert last.done == last.total > 100
    assert target.stat().st_size > 1.4 * source.stat().st_size
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.slow
@pytest.mark.model
def test_a_killed_preparation_leaves_no_half_model(source: Path, tmp_path: Path):
    target = tmp_path / STARTER_NAME
    with subprocess.Popen(command(source, target), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.kill()
    assert not target.exists()


def test_another_starter_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    other = tmp_path / "other.gguf"
    other.touch()
    monkeypatch.setenv("ASSAY_STARTER", str(other))
    assert starter_path() == other
    other.unlink()
    assert starter_path() is None
