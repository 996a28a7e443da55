"""Output that cannot be written: one sentence, silence behind `| head`, and never a report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASSAY = [sys.executable, "-m", "app"]
pytestmark = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="no device that is always full"
)


def ended(home: Path, words: list[str], stdout: int) -> tuple[int, str, bool]:
    """Exit code, stderr, and whether a report was written."""
    made = subprocess.run(
        [*ASSAY, *words], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "ASSAY_HOME": str(home), "PYTHONUNBUFFERED": ""},
    )  # fmt: skip
    return made.returncode, made.stderr, any(home.glob("crashes/*"))


@pytest.mark.parametrize("words", ["models list --json", "--version", "chat --model sim:echo Hi"])
def test_a_full_disk_behind_stdout_is_a_sentence(words: str, tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    found = ended(tmp_path, words.split(), full)
    os.close(full)
    sentence = "assay: The output could not be written: No space left on device.\n"
    assert found == (1, sentence, False)


@pytest.mark.parametrize("words", ["models list --json", "telemetry --watch 0.1"])
def test_nobody_who_reads_is_no_reason_to_speak(words: str, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    found = ended(tmp_path, words.split(), write)
    os.close(write)
    assert found == (141, "", False)


def test_a_closed_stdout_is_told_before_anything_is_done(tmp_path: Path) -> None:
    made = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m app models list >&-"], stderr=subprocess.PIPE, text=True,
        check=False, env={**os.environ, "ASSAY_HOME": str(tmp_path)},
    )  # fmt: skip
    assert made.returncode == 1 and made.stderr.endswith("the standard output is closed.\n")


def test_letters_that_a_terminal_has_not_do_not_end_a_command(tmp_path: Path) -> None:
    made = subprocess.run(
        [*ASSAY, "chat", "--model", "sim:echo", "naïve 日本"], capture_output=True, check=False,
        env={**os.environ, "ASSAY_HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert made.returncode == 0 and b"na?ve ??" in made.stdout
