"""`assay doctor` as a user runs it, with the real starter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "doctor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.model
def test_a_machine_that_is_ready_passes_and_one_file_says_so(
    home: Path, starter: Path, tmp_path: Path
) -> None:
    done = doctor("--out", str(tmp_path / "report.json"))
    content = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (done.returncode, content["verdict"]) in [(0, "ok"), (0, "warn")], done.stdout
    assert content["checks"][-1]["facts"]["tokens_per_second"] > 0


def test_without_the_starter_it_fails_and_says_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_STARTER", str(home / "none.gguf"))
    done = doctor()
    assert done.returncode == 1 and "python3 start.py" in done.stdout


def test_json_is_one_object_on_stdout(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_STARTER", str(home / "none.gguf"))
    done = doctor("--json")
    assert json.loads(done.stdout)["verdict"] == "fail" and "Traceback" not in done.stderr


def test_the_report_does_not_say_whose_machine_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "assay"))
    monkeypatch.setenv("ASSAY_STARTER", str(tmp_path / "none.gguf"))
    text = doctor("--json").stdout
    assert str(tmp_path) not in text and "~/assay" in text
