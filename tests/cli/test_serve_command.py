"""`assay serve` from the outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from app.__main__ import COMMAND_FAILED, main

ROOT = Path(__file__).parents[2]
TOKEN = "the-token-of-my-own"


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Any]:
    """Starts `assay serve --port 0` and ends it; a command that hangs is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, **environment: str) -> subprocess.Popen[str]:
        started.append(subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", "0", *words], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "ASSAY_HOME": str(tmp_path / "home"), **environment},
        ))  # fmt: skip
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str], name: str) -> str:
    assert process.stdout is not None
    told = process.stdout.readline()
    assert told.startswith(f"{name}:"), told
    return told.partition(":")[2].strip()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_it_says_where_it_is_and_ends_with_ctrl_c(serving: Any) -> None:
    process = serving("--model", "sim:echo")
    address, token = line(process, "Address"), line(process, "Token")
    assert line(process, "Model") == "sim:echo"
    with openai.OpenAI(base_url=address, api_key=token, max_retries=0) as client:
        messages: Any = [{"role": "user", "content": "a secret"}]
        done = client.chat.completions.create(model="sim:echo", messages=messages)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=30)
    assert (done.choices[0].message.content, process.returncode, rest) == ("a secret", 0, "")
    assert re.search(r"POST /v1/chat/completions 200 [\d.]+ s\n.*Stopped\.", errors)
    assert token not in errors and "secret" not in errors


@pytest.mark.slow
def test_a_token_of_ones_own_is_not_shown(serving: Any, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    process = serving("--token-file", str(tmp_path / "token"), "--model", "sim:echo")
    address = line(process, "Address")
    assert line(process, "Model") == "sim:echo"
    with openai.OpenAI(base_url=address, api_key=TOKEN, max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["sim:echo"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--token-file", "/nowhere"], "could not be read"),
        (["--port", "99999"], "There is no port 99999"),
        (["--model", "nobody"], "There is no model called"),
        (["--allow-origin", "evil"], "is no address of a page"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    words: list[str], sentence: str, capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    assert main(["serve", *words]) == COMMAND_FAILED
    assert sentence in capsys.readouterr().err
