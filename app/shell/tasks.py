"""The one place where long tasks are seen: a popover with a row each."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.jobs import SHOW_AFTER_S, Job, JobRunner
from app.shell.popover import Popover
from app.widgets.durations import duration
from app.widgets.task_row import TaskRow
from app.widgets.tokens import Tokens

WIDTH = 400
LOOK_EVERY_MS = 100


class TasksPopover(Popover):
    """Rows live as long as their tasks, whatever page is in front."""

    count_changed = Signal(int)

    def __init__(self, window: QWidget, jobs: JobRunner) -> None:
        super().__init__(window, "Tasks")
        self._jobs = jobs
        self._rows: dict[Job, TaskRow] = {}
        self._waiting: list[Job] = []
        self._timer = QTimer(self, singleShot=True, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._show_waiting)
        self._empty = QLabel("Nothing is running. Long tasks appear here.")
        self._empty.setProperty("role", "secondary")
        self._empty.setContentsMargins(16, 8, 16, 8)
        self._clear = QPushButton("Clear ended")
        self._clear.setProperty("role", "quiet")
        self._clear.setAccessibleName("Clear the tasks that have ended")
        self._clear.clicked.connect(jobs.dismiss_ended)
        self._lay_out()
        jobs.job_started.connect(self._on_started)
        jobs.changed.connect(self._refresh)
        self._refresh()

    @property
    def running_count(self) -> int:
        """Tasks that run for longer than half a second."""
        return sum(1 for job in self._rows if job.is_running)

    def setTokens(self, tokens: Tokens) -> None:
        self.setFixedWidth(tokens.px(WIDTH))

    def _lay_out(self) -> None:
        heading = QLabel("Tasks")
        heading.setProperty("role", "heading")
        top = QHBoxLayout()
        top.setContentsMargins(16, 0, 8, 0)
        top.addWidget(heading, 1)
        top.addWidget(self._clear)
        line = QFrame()
        line.setProperty("role", "hairline")
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 8)
        outer.addLayout(top)
        outer.addWidget(line)
        outer.addWidget(self._empty)
        outer.addLayout(self._column)
        self.setTokens(Tokens())

    def _on_started(self, job: Job) -> None:
        # What ends at once should not flash by.
        if job.title:
            self._waiting.append(job)
            self._timer.start()

    def _show_waiting(self) -> None:
        waiting, self._waiting = [job for job in self._waiting if job.is_running], []
        for job in waiting:
            if job.elapsed_s < SHOW_AFTER_S:
                self._waiting.append(job)
            elif job not in self._rows:
                self._add(job)
        if self._waiting:
            self._timer.start()
        self._refresh()

    def _add(self, job: Job) -> None:
        row = TaskRow(job.title)
        row.stop_requested.connect(job.cancel)
        # A method of the popover, which Qt lets go of with it: a lambda would outlive the row.
        job.updated.connect(self._on_updated)
        self._rows[job] = row
        self._column.insertWidget(0, row)
        _show(job, row)

    def _on_updated(self) -> None:
        job = self.sender()
        if isinstance(job, Job) and job in self._rows:
            _show(job, self._rows[job])

    def _refresh(self) -> None:
        listed = self._jobs.listed
        for job in [job for job in self._rows if job not in listed]:
            self._rows.pop(job).deleteLater()
        for job in listed:
            if job not in self._rows and job.state == "failed":
                self._add(job)
        self._empty.setVisible(not self._rows)
        self._clear.setVisible(any(not job.is_running for job in self._rows))
        self.count_changed.emit(self.running_count)
        if self.isVisible():
            self._keep_foot()

    def _keep_foot(self) -> None:
        """Grow upwards: the lower edge stays where it was opened."""
        foot = self.geometry().bottomLeft()
        self.adjustSize()
        self.move(foot.x(), foot.y() - self.height() + 1)


def _show(job: Job, row: TaskRow) -> None:
    if job.is_running:
        status = job.status
        row.show_progress(
            status.fraction, status.detail, status.time_left_s, stopping=job.is_stopping
        )
    elif job.state == "finished":
        row.show_end(job.sentence or f"Done after {duration(job.elapsed_s)}.", "small")
    elif job.state == "cancelled":
        row.show_end(f"Stopped by you after {duration(job.elapsed_s)}.", "small")
    else:
        row.show_end(job.sentence, "danger")
