"""Half-made files are swept where nobody makes them any more, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from models.drafts import draft_of, sweep


def ended_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_only_what_ended_processes_left_is_swept(tmp_path: Path) -> None:
    pid = ended_pid()
    left = [tmp_path / f".model.gguf.{pid}.partial", tmp_path / f".model-mlx.{pid}.partial"]
    kept = [draft_of(tmp_path / "model.gguf"), tmp_path / f"model.gguf.{pid}.partial",
            tmp_path / ".notes.partial", tmp_path / f".model.{pid}.other"]  # fmt: skip
    for path in (left[0], *kept):
        path.write_text("half")
    left[1].mkdir()
    (left[1] / "weights").write_text("half")
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_a_folder_that_is_not_there_is_swept_already(tmp_path: Path) -> None:
    sweep(tmp_path / "none")
    assert draft_of(Path("a/b.gguf")) == Path(f"a/.b.gguf.{os.getpid()}.partial")
