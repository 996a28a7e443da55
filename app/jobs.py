"""Runs generators on threads and tells the window about them through signals."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.job_status import JobStatus, status_of
from models.cancel import CancelToken
from models.errors import Cancelled, UserError

Work = Callable[[CancelToken], Generator[Any, None, Any]]
JobState = Literal["running", "finished", "failed", "cancelled"]

UPDATE_INTERVAL_MS = 33
SHOW_AFTER_S = 0.5


class Job(QObject):
    """One running piece of work.

    `progress` brings every value the generator yields, in order; `updated` comes at most 30 times
    a second, for rows that only show the latest. Exactly one of `finished`, `failed` (with a
    UserError) and `cancelled` ends it. All signals arrive in the window's thread.
    """

    progress = Signal(object)
    updated = Signal()
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()
    _posted = Signal()
    _over = Signal(object)

    def __init__(
        self,
        work: Work,
        title: str,
        *,
        close_on_cancel: bool = False,
        summary: Callable[[Any], str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.title = title
        self.state: JobState = "running"
        self.status = JobStatus()
        self.sentence = ""
        self.bug: Exception | None = None
        self._work = work
        self._summary = summary
        self._close_on_cancel = close_on_cancel
        self._clock = clock
        self._started_s = clock()
        self._ended_s: float | None = None
        self._token = CancelToken()
        self._mailbox: deque[tuple[str, Any]] = deque()
        self._wake_up_pending = threading.Event()
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._update_timer = QTimer(self, singleShot=True, interval=UPDATE_INTERVAL_MS)
        self._update_timer.timeout.connect(self.updated)
        self._thread = threading.Thread(target=self._run, name=f"job {title}", daemon=True)

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    @property
    def is_stopping(self) -> bool:
        return self.is_running and self._token.is_cancelled

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start, until the end where there was one."""
        now_s = self._clock() if self._ended_s is None else self._ended_s
        return now_s - self._started_s

    def cancel(self) -> None:
        """Ask the work to stop; the terminal signal follows when it has."""
        if self.is_running:
            self._token.cancel()
            self.updated.emit()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread itself; True when it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def be_quiet(self) -> None:
        """Nobody looks at rows any more."""
        self._update_timer.stop()

    # ---- on the job's thread -----------------------------------------------------------------

    def _run(self) -> None:
        try:
            outcome: tuple[str, Any] = ("finished", self._drain())
        except Cancelled:
            outcome = ("cancelled", None)
        except UserError as error:
            outcome = ("failed", error)
        except Exception as bug:  # noqa: BLE001 - a bug in a task must not end silently with its thread
            outcome = ("bug", bug)
        self._post(*outcome)

    def _drain(self) -> Any:
        self._token.raise_if_cancelled()
        steps = self._work(self._token)
        try:
            while True:
                self._post("progress", next(steps))
                if self._close_on_cancel:
                    self._token.raise_if_cancelled()
        except StopIteration as end:
            return end.value
        finally:
            steps.close()

    def _post(self, kind: str, value: Any) -> None:
        """Hand a value to the window's thread; a flood of them costs one wake-up, not thousands."""
        self._mailbox.append((kind, value))
        if not self._wake_up_pending.is_set():
            self._wake_up_pending.set()
            self._posted.emit()

    # ---- on the window's thread --------------------------------------------------------------

    def _deliver(self) -> None:
        self._wake_up_pending.clear()
        for _ in range(len(self._mailbox)):  # what arrives meanwhile waits for its own wake-up
            kind, value = self._mailbox.popleft()
            if kind == "progress":
                self._note_progress(value)
                self.progress.emit(value)
            else:
                self._end(kind, value)

    def _note_progress(self, value: Any) -> None:
        self.status = status_of(value, self.elapsed_s)
        if not self._update_timer.isActive():
            self._update_timer.start()

    def _end(self, kind: str, value: Any) -> None:
        self._update_timer.stop()
        self._ended_s = self._clock()
        if kind == "finished":
            self.state, self.sentence = "finished", self._summary(value) if self._summary else ""
            self.finished.emit(value)
        elif kind == "cancelled":
            self.state = "cancelled"
            self.cancelled.emit()
        else:
            self._end_with_failure(value)
        self.updated.emit()
        self.ended.emit()
        self._over.emit(self)

    def _end_with_failure(self, error: Exception) -> None:
        self.state = "failed"
        if not isinstance(error, UserError):
            self.bug = error
            error = unexpected(error)
        self.sentence = str(error)
        self.failed.emit(error)


def unexpected(bug: Exception) -> UserError:
    """What the user reads when the fault is ours."""
    error = UserError(
        f"Something went wrong inside Assay ({type(bug).__name__}).",
        "Your work is kept. The report can be read and copied; nothing is sent.",
    )
    error.__cause__ = bug
    return error


class JobRunner(QObject):
    """Starts work and knows what is running; `changed` comes when the list of tasks does."""

    changed = Signal()
    job_started = Signal(object)
    job_ended = Signal(object)
    bug_found = Signal(object)

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._jobs: list[Job] = []
        self._closed = False

    def start(
        self,
        work: Work,
        title: str = "",
        *,
        close_on_cancel: bool = False,
        summary: Callable[[Any], str] | None = None,
    ) -> Job:
        """Run `work(token)` on a thread of its own.

        A job with a title is a row in the tasks popover; `summary` makes its closing sentence from
        the result. Work is expected to look at its token and may still return a result after a
        cancel; with `close_on_cancel` it is closed at its next yield instead. Connect to the
        job's signals right after this call: nothing is delivered before control returns to the
        event loop.
        """
        # No child of the runner, and no lambda holding it: a job that is deleted while the runner
        # goes as well would be deleted twice.
        job = Job(
            work,
            title,
            close_on_cancel=close_on_cancel,
            summary=summary,
            clock=self._clock,
        )
        self._jobs.append(job)
        job._over.connect(self._on_over)
        if self._closed:
            job.cancel()
        job.start()
        self.job_started.emit(job)
        self.changed.emit()
        return job

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Running jobs, and listed ones that have ended and were not yet dismissed."""
        return tuple(self._jobs)

    @property
    def running(self) -> tuple[Job, ...]:
        return tuple(job for job in self._jobs if job.is_running)

    @property
    def listed(self) -> tuple[Job, ...]:
        """The rows of the tasks popover, newest last."""
        return tuple(job for job in self._jobs if job.title)

    def dismiss_ended(self) -> None:
        """Forget the rows of tasks that have ended."""
        for job in [job for job in self._jobs if not job.is_running]:
            self._forget(job)
        self.changed.emit()

    def cancel_all(self) -> None:
        for job in self.running:
            job.cancel()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Cancel everything and wait for the threads; True when all of them have ended."""
        self._closed = True
        self.cancel_all()
        ended = self.wait_all(timeout_s)
        for job in self._jobs:
            job.be_quiet()
        return ended

    def wait_all(self, timeout_s: float = 5.0) -> bool:
        """Wait for the threads of all jobs, without running the event loop."""
        deadline_s = time.monotonic() + timeout_s
        remaining = [job.join(max(0.0, deadline_s - time.monotonic())) for job in self._jobs]
        return all(remaining)

    def _on_over(self, job: Job) -> None:
        if job.bug is not None:
            self.bug_found.emit(job.bug)
        self.job_ended.emit(job)
        was_a_moment = job.elapsed_s < SHOW_AFTER_S and job.state != "failed"
        if not job.title or was_a_moment:
            self._forget(job)
        self.changed.emit()

    def _forget(self, job: Job) -> None:
        if job in self._jobs:
            self._jobs.remove(job)
            job.deleteLater()
