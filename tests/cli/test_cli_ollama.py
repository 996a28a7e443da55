"""Models of Ollama on the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli import models as command
from models.library.library import Library
from models.remote.servers import Servers
from tests.gguf_files import write_gguf
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_model import ScriptedModel, stored_model
from tests.servers.ollama_server import Script, ollama_server

CLOUD = ScriptedModel("far:1t-cloud", listed={"remote_host": "https://ollama.com:443"})


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "store"))
    stored = stored_model(tmp_path / "store", write_gguf(tmp_path / "weights.gguf"))
    with ollama_server(Script(models=[stored, CLOUD])) as (address, _):
        servers = Servers(None, {"OLLAMA_HOST": address}, KeptTokens())
        yield Library(tmp_path / "index", servers=servers)


def run(library: Library, *words: str) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    services: Any = SimpleNamespace(library=library)
    assert command.run(parser.parse_args(words), services) == 0


def test_the_list_says_what_runs_elsewhere(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    run(library, "list")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ollama:far:1t-cloud") and "Runs at ollama.com" in lines[1]
    assert lines[2].startswith("ollama:stored:latest") and lines[2].endswith("Ollama")


def test_show_reads_the_weights_where_they_lie_on_this_disk(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    run(library, "show", "ollama:stored")
    out = capsys.readouterr().out
    assert "manifest sha256" in out and "tokenizer.chat_template = {{ messages }}" in out
    run(library, "show", "ollama:far:1t-cloud", "--json")
    shown = json.loads(capsys.readouterr().out)
    assert shown["elsewhere"] == "ollama.com" and shown["metadata"] == {}


def test_a_model_off_the_list_stays_in_ollama(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    run(library, "remove", "ollama:stored")
    assert "Ollama keeps it" in capsys.readouterr().out
    assert [entry.name for entry in library.entries()] == ["ollama:far:1t-cloud"]
