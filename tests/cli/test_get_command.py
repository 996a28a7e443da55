"""`assay models get` against a hub on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.__main__ import COMMAND_FAILED, INTERRUPTED, main
from tests.gguf_files import gguf_bytes
from tests.servers.hub import LoopbackHub, running_hub

REPO = "lab/tiny-GGUF"


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with running_hub() as hub:
        hub.add(REPO, {"tiny-Q4_K_M.gguf": gguf_bytes(), "tiny-Q8_0.gguf": gguf_bytes()})
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("HF_HUB_CACHE", str(home / "hub"))
        monkeypatch.setenv("ASSAY_STARTER", str(home / "no starter"))
        yield hub


def test_without_a_repository_the_short_list_is_printed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get"]) == 0
    assert "bartowski/Llama-3.2-1B-Instruct-GGUF" in capsys.readouterr().out


def test_without_a_yes_the_choices_are_printed_and_nothing_is_downloaded(
    server: LoopbackHub, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", REPO]) == 0
    out = capsys.readouterr().out
    assert "Balanced  Q4_K_M" in out and "recommended" in out and "Add --yes" in out
    assert not list(home.glob("hub/*/blobs/*"))


def test_a_choice_is_downloaded_and_listed(
    server: LoopbackHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", REPO, "q8_0", "--yes"]) == 0
    path = capsys.readouterr().out.splitlines()[-1]
    assert path.endswith("/tiny-Q8_0.gguf") and Path(path).read_bytes() == gguf_bytes()
    assert main(["models", "list"]) == 0
    assert "Hugging Face" in capsys.readouterr().out


def test_a_choice_that_is_not_there_names_those_that_are(
    server: LoopbackHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", REPO, "Q2_K", "--yes"]) == COMMAND_FAILED
    assert "has no Q2_K. It has Q4_K_M, Q8_0." in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="it needs a terminal of this kind")
def test_the_first_ctrl_c_ends_the_question(server: LoopbackHub) -> None:
    ours, theirs = os.openpty()
    words = [sys.executable, "-m", "app", "models", "get", REPO]
    asking = subprocess.Popen(words, stdin=theirs, stdout=subprocess.PIPE)
    assert asking.stdout is not None
    said = b""
    while not said.endswith(b"[y/N] "):
        said += asking.stdout.read(1) or b"it ended [y/N] "
    it = psutil.Process(asking.pid)
    looks: list[bool] = []
    while not all(looks[-3:]) or len(looks) < 3:
        # A signal before the question waits for its answer is lost in Python itself.
        looks.append(it.cpu_percent(interval=0.1) == 0 and it.status() == psutil.STATUS_SLEEPING)
    asking.send_signal(signal.SIGINT)
    try:
        assert b"it ended" not in said and asking.wait(20) == INTERRUPTED
    finally:
        asking.kill()
        asking.communicate()
        os.close(ours)
        os.close(theirs)


def test_while_sealed_a_hub_elsewhere_needs_the_open_door(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    assert main(["models", "get", REPO]) == COMMAND_FAILED
    assert "needs hub.invalid. Add --open-door" in capsys.readouterr().err
    assert main(["models", "get", REPO, "--open-door"]) == COMMAND_FAILED
    assert "hub.invalid could not be reached" in capsys.readouterr().err
