"""Programs of the set-up: their output, their failures, and that a stop ends all of them."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from models.errors import Cancelled, UserError
from setup.commands import CommandError, Commands
from setup.lock import Lock

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path, tmp_path / "logs", tmp_path / "stop")


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_every_line_is_seen_and_logged(commands: Commands, tmp_path: Path):
    lines: list[str] = []
    commands.run(python("print('one'); print('two')"), "talk", "It failed.", lines.append)
    assert "".join(lines) == (tmp_path / "logs" / "talk.log").read_text() == "one\ntwo\n"


def test_another_pythons_packages_do_not_pass_for_our_own(commands, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    lines: list[str] = []
    commands.run(python("import os; print(os.environ.get('PYTHONPATH'))"), "path", "", lines.append)
    assert lines == ["None\n"]


def test_a_failure_carries_the_last_lines_and_the_log(commands: Commands, tmp_path: Path):
    with pytest.raises(CommandError, match="It failed") as caught:
        commands.run(python("import sys; print('why'); sys.exit(3)"), "fail", "It failed.")
    assert caught.value.last_lines == ("why",)
    assert str(tmp_path / "logs" / "fail.log") in caught.value.hint


def test_a_program_that_is_not_there_is_a_sentence(commands: Commands):
    with pytest.raises(UserError, match="It failed"):
        commands.run(["/nowhere/at/all"], "absent", "It failed.")


def test_a_short_program_that_fails_or_is_missing_prints_nothing(commands: Commands):
    assert commands.output(python("print('here')")) == "here"
    assert commands.output(python("import sys; sys.exit(1)")) is None
    assert commands.output(["/nowhere/at/all"]) is None


def test_a_stop_ends_the_program_and_what_it_started(commands: Commands, tmp_path: Path):
    grandchildren: list[int] = []

    def stop(line: str) -> None:
        grandchildren.append(int(line))
        (tmp_path / "stop").touch()

    with pytest.raises(Cancelled):
        commands.run(python(PARENT), "long", "It failed.", stop)
    assert not [pid for pid in grandchildren if _runs(pid)]


def test_only_one_set_up_at_a_time(tmp_path: Path):
    with Lock(tmp_path / "lock") as first:
        assert first.is_ours
        with Lock(tmp_path / "lock") as second:
            assert not second.is_ours
    with Lock(tmp_path / "lock") as third:
        assert third.is_ours


def _runs(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        process.wait(10)
    except psutil.NoSuchProcess:
        return False
    except psutil.TimeoutExpired:
        return True
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
