"""Sealed on the command line: a refusal with a sentence, and the word that lets one command out."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.door import add_open_door, command_gate
from app.settings_file import SettingsStore
from models.network import Door

ELSEWHERE = "https://192.0.2.1/v1"  # reserved for documentation, RFC 5737; the tests have no way


@pytest.fixture
def elsewhere(home: Path) -> str:
    """A model on a server that is not this machine."""
    endpoint = {"name": "lab", "address": ELSEWHERE, "has_token": False}
    (home / "servers.json").write_text(json.dumps({"endpoints": [endpoint]}), encoding="utf-8")
    return "endpoint:lab/tiny"


def ask(model: str, *words: str) -> str:
    """What `assay chat` says when it fails."""
    command = [sys.executable, "-m", "app", "chat", "Hello", "--model", model, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_a_sealed_command_says_what_it_would_need(elsewhere: str) -> None:
    said = ask(elsewhere)
    assert said.startswith("assay: Sealed: nothing leaves this machine.")
    assert "192.0.2.1" in said and "Add --open-door to let this one command out." in said


@pytest.mark.parametrize(
    ("sealed", "words", "is_sealed"),
    [(True, [], True), (True, ["--open-door"], False), (False, [], False)],
)
def test_the_word_opens_the_gate_of_its_command_alone(
    tmp_path: Path, sealed: bool, words: list[str], is_sealed: bool
) -> None:
    settings = SettingsStore(tmp_path / "settings.json")
    settings.change(sealed=sealed)
    parser = argparse.ArgumentParser()
    add_open_door(parser)
    gate = command_gate(parser.parse_args(words), Door(), settings)
    assert gate.is_sealed is is_sealed
    assert SettingsStore(tmp_path / "settings.json").current.sealed is sealed
