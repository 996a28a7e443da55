"""The window follows the preparation through a file of lines."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.setup_status import SetupStatus, follow
from models.cancel import CancelToken
from models.errors import Cancelled, UserError
from setup.report import Report


@pytest.fixture
def status(tmp_path: Path) -> Path:
    return tmp_path / "status.jsonl"


@pytest.fixture
def report(status: Path) -> Report:
    made = Report(status, out=io.StringIO(), clock=lambda: 0.0)
    made.begin()
    return made


def everything(path: Path, cancel: CancelToken | None = None) -> list[SetupStatus]:
    return list(follow(path, cancel or CancelToken()))


def test_what_the_set_up_says_reaches_the_window(report: Report, status: Path):
    report.say("Building the engine.")
    report.progress("engine", "Building the engine", 3, 140)
    report.end("ready", "Everything is ready.")
    seen = everything(status)
    assert [(s.message, s.done, s.total) for s in seen] == [
        ("Building the engine.", 0, 0),
        ("Building the engine", 3, 140),
    ]


def test_the_row_of_the_task_says_what_and_how_far():
    assert SetupStatus("Building the engine", done=3, total=140).detail.endswith("3 of 140")
    assert SetupStatus("Bringing the starter.").detail == "Bringing the starter."


def test_following_returns_the_last_line(report: Report, status: Path):
    report.end("ready", "Everything is ready.")
    with pytest.raises(StopIteration) as ended:
        next(follow(status, CancelToken()))
    assert ended.value.value.message == "Everything is ready."


def test_a_failure_is_shown_with_its_advice(report: Report, status: Path):
    report.end("failed", "This system lacks a compiler.", "Install it with this line: …")
    with pytest.raises(UserError, match="lacks a compiler") as caught:
        everything(status)
    assert caught.value.hint.startswith("Install it")


def test_cancelling_asks_the_set_up_to_stop(report: Report, status: Path):
    cancel = CancelToken()
    report.say("Building the engine.")
    following = follow(status, cancel)
    next(following)
    cancel.cancel()
    report.end("stopped", "Stopped as asked.")
    with pytest.raises(Cancelled):
        list(following)


def test_a_stop_request_is_left_for_the_set_up(report: Report, status: Path):
    cancel = CancelToken()
    cancel.cancel()
    report.say("Building the engine.")
    following = follow(status, cancel)
    next(following)
    report.say("Still building the engine.")
    next(following)
    following.close()
    assert status.with_name("stop").exists()


def test_a_set_up_that_died_is_noticed(status: Path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    status.write_text(SetupStatus("Building the engine.", pid=ended.pid).to_line())
    with pytest.raises(UserError, match="ended before it was done"):
        everything(status)


def test_torn_and_damaged_lines_are_passed_over(status: Path):
    good = SetupStatus("Building.", pid=os.getpid()).to_line()
    end = SetupStatus("Ready.", state="ready").to_line()
    status.write_text('{"message"\n[1]\n' + good + '{"unknown": 1}\n' + end + '{"mess')
    assert [s.message for s in everything(status)] == ["Building."]


def test_a_terminal_that_cannot_rewrite_gets_few_progress_lines(status: Path):
    out = io.StringIO()
    report = Report(status, out, clock=lambda: 0.0)
    for done in range(1, 141):
        report.progress("engine", "Building the engine", done, 140)
    assert out.getvalue().count("\n") == 1
