"""Generators on threads, and the signals they become."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.job_status import status_of, time_left_s
from app.jobs import Job, JobRunner
from app.pages.labs.sizing_work import Trying
from labs.experiments.running.runner import Phase
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Waiting
from models.errors import Cancelled, UserError


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    assert runner.close()


class Seen:
    """Every signal of a job, in order."""

    def __init__(self, job: Job) -> None:
        self.ends: list[str] = []
        self.progress: list[Any] = []
        job.progress.connect(self.progress.append)
        job.finished.connect(lambda _: self.ends.append("finished"))
        job.failed.connect(lambda _: self.ends.append("failed"))
        job.cancelled.connect(lambda: self.ends.append("cancelled"))


def count_to(last: int) -> Generator[int, None, str]:
    yield from range(last)
    return "done"


def until_cancelled(cancel: CancelToken) -> Generator[str, None, None]:
    yield "started"
    cancelled = threading.Event()
    while True:
        cancel.raise_if_cancelled()
        cancelled.wait(0.001)


def raising(error: Exception) -> Generator[int, None, None]:
    yield 1
    raise error


def test_every_value_arrives_in_order_and_then_the_result(qtbot: QtBot, runner: JobRunner) -> None:
    job = runner.start(lambda _: count_to(1000))
    seen = Seen(job)
    with qtbot.waitSignal(job.finished) as finished:
        pass
    assert seen.progress == list(range(1000))
    assert finished.args == ["done"]


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (UserError("No such file.", "Choose another."), "failed"),
        (Cancelled(), "cancelled"),
        (ValueError("a bug"), "failed"),
    ],
)
def test_work_that_raises_ends_with_exactly_one_signal(
    qtbot: QtBot, runner: JobRunner, error: Exception, end: str
) -> None:
    job = runner.start(lambda _: raising(error))
    seen = Seen(job)
    with qtbot.waitSignal(job.ended):
        pass
    assert seen.ends == [end]


def test_a_bug_reaches_the_user_as_a_sentence_and_the_runner_as_itself(
    qtbot: QtBot, runner: JobRunner
) -> None:
    bug = KeyError("lost")
    with qtbot.waitSignal(runner.bug_found) as found:
        job = runner.start(lambda _: raising(bug), "Counting")
    assert found.args == [bug]
    assert job.sentence.startswith("Something went wrong inside Assay (KeyError).")


def test_cancelling_ends_the_work_once(qtbot: QtBot, runner: JobRunner) -> None:
    job = runner.start(until_cancelled)
    seen = Seen(job)
    with qtbot.waitSignal(job.progress):
        pass
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
        job.cancel()
    assert seen.ends == ["cancelled"]


def test_work_that_does_not_look_at_its_token_is_closed_at_its_next_yield(
    qtbot: QtBot, runner: JobRunner
) -> None:
    cleaned_up = threading.Event()

    def endless(_cancel: CancelToken) -> Generator[int, None, None]:
        try:
            while True:
                yield 1
        finally:
            cleaned_up.set()

    job = runner.start(endless, close_on_cancel=True)
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
    assert cleaned_up.is_set()


def test_a_reply_that_was_stopped_still_returns_what_it_has(
    qtbot: QtBot, runner: JobRunner
) -> None:
    def reply(cancel: CancelToken) -> Generator[str, None, str]:
        yield "Hel"
        while not cancel.is_cancelled:
            threading.Event().wait(0.001)
        yield "lo"
        return "Hello"

    job = runner.start(reply)
    with qtbot.waitSignal(job.progress):
        pass
    with qtbot.waitSignal(job.finished) as finished:
        job.cancel()
    assert finished.args == ["Hello"]


def test_slots_run_in_the_windows_thread(qtbot: QtBot, runner: JobRunner) -> None:
    threads: list[threading.Thread] = []
    job = runner.start(lambda _: count_to(3))
    job.progress.connect(lambda _: threads.append(threading.current_thread()))
    with qtbot.waitSignal(job.finished):
        pass
    assert set(threads) == {threading.main_thread()}


def test_a_flood_of_progress_updates_rows_only_now_and_then(
    qtbot: QtBot, runner: JobRunner
) -> None:
    updates: list[int] = []
    job = runner.start(lambda _: count_to(20_000))
    job.updated.connect(lambda: updates.append(1))
    with qtbot.waitSignal(job.finished):
        pass
    assert len(updates) < 2000


def test_closing_the_runner_ends_what_runs(qtbot: QtBot) -> None:
    runner = JobRunner()
    job = runner.start(until_cancelled, "Waiting")
    assert runner.close()
    assert job.join(0)


def test_only_titled_jobs_are_listed_and_failures_stay(qtbot: QtBot, runner: JobRunner) -> None:
    quiet = runner.start(lambda _: count_to(1))
    failing = runner.start(lambda _: raising(UserError("No.")), "Reading")
    with qtbot.waitSignals([quiet.ended, failing.ended]):
        pass
    assert runner.listed == (failing,)


@pytest.mark.parametrize(
    ("progress", "fraction", "detail"),
    [
        ("Reading the header", None, "Reading the header"),
        (Progress("load", 500, 1000), 0.5, "50%"),
        (Progress("prompt", 1500, 3000), 0.5, "1,500 of 3,000"),
        (Progress("load", 5, 0), None, ""),
        (Phase("a model", "Checking repeatability"), None, "Checking repeatability"),
        (Waiting("the chat"), None, "Waiting for the chat, which has the model to itself"),
        (Waiting(""), None, "Waiting for another task, which has the model to itself"),
        (Waiting("the model to load", is_alone=False), None, "Waiting for the model to load"),
        (Trying("A", Waiting("the chat")), None, "Waiting for the chat, which has A now."),
        (Trying("A", Progress("load", 1, 2)), None, "Loading A…"),
        (Trying("A", object()), None, "Trying a few prompts on A…"),
        (object(), None, ""),
    ],
)
def test_a_row_reads_what_work_yields(
    progress: object, fraction: float | None, detail: str
) -> None:
    status = status_of(progress, elapsed_s=0.5)
    assert (status.fraction, status.detail) == (fraction, detail)


def test_time_left_follows_the_pace_and_is_not_guessed_at_once() -> None:
    assert time_left_s(0.25, elapsed_s=10) == 30
    assert time_left_s(0.25, elapsed_s=0.1) is None
    assert time_left_s(0.001, elapsed_s=10) is None
