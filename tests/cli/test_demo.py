"""The demonstration leaves what it promises, and nothing in the user's own home."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import demo
from app.paths import find_paths
from app.services import Services, open_services
from models.errors import UserError


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    opened = open_services(find_paths())
    yield opened
    opened.close()


def arguments(out: Path, model: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    return parser.parse_args(["--out", str(out), "--model", model])


@pytest.mark.slow
def test_a_demonstration_is_transcript_statistics_and_picture(services, tmp_path: Path):
    out = tmp_path / "demo"
    assert demo.run(arguments(out, "sim:echo"), services) == 0
    assert demo.QUESTION in (out / "transcript.md").read_text()
    assert json.loads((out / "statistics.json").read_text())["reply_tokens"] > 0
    assert (out / "window.png").read_bytes().startswith(b"\x89PNG")
    assert services.chats.chats() == ()


@pytest.mark.slow
@pytest.mark.model
def test_the_demonstration_speaks_with_the_real_starter(services, starter, tmp_path: Path):
    demo.run(arguments(tmp_path, "starter"), services)
    record = json.loads((tmp_path / "statistics.json").read_text())
    assert record["backend"] == "llama.cpp"
    assert record["tokens_per_second"] > 0


def test_a_folder_that_cannot_be_made_is_a_sentence(services, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be made"):
        demo.run(arguments(tmp_path / "file" / "demo", "sim:echo"), services)


def test_an_unknown_model_is_a_sentence(services, tmp_path: Path):
    with pytest.raises(UserError, match="no simulated model"):
        demo.run(arguments(tmp_path, "sim:nobody"), services)
