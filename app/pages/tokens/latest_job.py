"""Work of which only the newest counts: what was begun before is stopped, and its end not heard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton

from app.jobs import Job, JobRunner, Work
from app.widgets.task_row import TaskRow


def show_running(start: QPushButton, stop: QPushButton, *, is_running: bool) -> None:
    """`stop` is there while it runs, `start` can be pressed otherwise. The focus of the one goes
    to the other: it would leap through the window."""
    coming, going = (stop, start) if is_running else (start, stop)
    had_focus = going.hasFocus() or going.window().focusWidget() is going
    coming.show()
    coming.setEnabled(True)
    if had_focus:
        coming.setFocus()
    start.setEnabled(not is_running)
    stop.setVisible(is_running)


class LatestJob(QObject):
    """`changed` comes when work begins, tells more of itself, or ends."""

    changed = Signal()
    stepped = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None

    @property
    def is_running(self) -> bool:
        return self._job is not None

    @property
    def words(self) -> str:
        """How far it is."""
        if self._job is None:
            return ""
        return "Stopping…" if self._job.is_stopping else self._job.status.detail or "Working…"

    def show_on(self, task: TaskRow) -> None:
        """How far it is, as a row with a bar and the time left."""
        if self._job is not None:
            status = self._job.status
            task.show_progress(status.fraction, status.detail, status.time_left_s,
                               stopping=self._job.is_stopping)  # fmt: skip

    def start(self, work: Work, title: str = "") -> None:
        self.give_up()
        job = self._job = self._jobs.start(work, title)
        job.progress.connect(self._on_step)
        job.updated.connect(self._on_updated)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_stopped)
        self.changed.emit()

    def stop(self) -> None:
        """Ask it to stop; `stopped` follows."""
        if self._job is not None:
            self._job.cancel()

    def give_up(self) -> None:
        """Stop it; nothing follows."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
            self.changed.emit()

    def _on_step(self, step: object) -> None:
        if self.sender() is self._job:
            self.stepped.emit(step)

    def _on_updated(self) -> None:
        if self.sender() is self._job:
            self.changed.emit()

    def _on_finished(self, result: object) -> None:
        if self._ends():
            self.finished.emit(result)

    def _on_failed(self, error: object) -> None:
        if self._ends():
            self.failed.emit(error)

    def _on_stopped(self) -> None:
        if self._ends():
            self.stopped.emit()

    def _ends(self) -> bool:
        if self.sender() is not self._job:
            return False
        self._job = None
        self.changed.emit()
        return True
