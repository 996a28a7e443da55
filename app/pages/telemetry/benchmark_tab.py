"""Benchmarks: set up, run, look at, keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.telemetry import benchmark_work as work
from app.pages.telemetry.benchmark_bin import benchmark_bin
from app.pages.telemetry.benchmark_form import BenchmarkForm
from app.pages.telemetry.benchmark_list import BenchmarkList
from app.pages.telemetry.benchmark_result import BenchmarkResult
from app.pages.telemetry.places import BENCHMARK
from app.widgets.parts import in_the_middle, scrolled
from app.widgets.tokens import Tokens
from labs.benchmark import kept
from labs.benchmark.session import Step
from labs.benchmark.words import heading, notes, table
from models.errors import UserError

COLUMN_PX = 1040
SETTLE_MS = 100
STOPPED = "Stopped before anything was measured."
DONE = "The benchmark is done."


class BenchmarkTab(QWidget):
    """`failed` carries a UserError; `measured` comes when there is another result."""

    failed = Signal(object)
    went_well = Signal()
    measured = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._folder = context.services.paths.benchmarks
        self.job: Job | None = None
        self.form, self.result = BenchmarkForm(context), BenchmarkResult(context)
        self.list = BenchmarkList()
        self.bin = benchmark_bin(context, self)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._bring_result)
        self._lay_out()
        self._connect_signals()
        self.form.offer(context.current_model.model)

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job.is_running

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Read what is kept."""
        job = self._context.jobs.start(lambda _: kept.listed(self._folder))
        job.finished.connect(self.list.show_rows)
        job.failed.connect(self.failed)
        self.list.show_bin_count(self.bin.count)

    def run(self, asked: work.Asked) -> None:
        if self.is_busy:
            return
        services, sampler = self._context.services, self._context.sampler
        self.went_well.emit()
        self.job = job = self._context.jobs.start(
            lambda token: work.measure(services, sampler, asked, token), "Measuring speed",
            summary=lambda _made: DONE,
        )  # fmt: skip
        self.form.show_running(job)
        job.progress.connect(self._on_step)
        job.finished.connect(self._on_measured)
        job.failed.connect(self.failed)
        job.cancelled.connect(lambda: self._context.notices.info(STOPPED, key="benchmark"))
        job.ended.connect(self.form.show_idle)

    def stop(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def open_kept(self, paths: Sequence[Path]) -> None:
        job = self._context.jobs.start(lambda _: work.open_kept(paths))
        job.finished.connect(self._on_opened)
        job.failed.connect(self.failed)

    def as_document(self) -> str:
        """The benchmarks on show with every repetition, and first as tables that a person can read.
        Raises UserError."""
        if not self.result.benchmarks or self.is_busy:
            raise UserError("No benchmark is shown.", "Run one, or open one that is kept.")
        shown = [kept.document_of(each) | {"notes": list(notes(each))}
                 for each in self.result.benchmarks]  # fmt: skip
        tables = [[f"{heading(each)}, {each.started_at}", *table(each).splitlines()]
                  for each in self.result.benchmarks]  # fmt: skip
        document = {"kind": "benchmarks", "tables": tables, "benchmarks": shown}
        return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    def setTokens(self, tokens: Tokens) -> None:
        self._column.setMaximumWidth(tokens.px(COLUMN_PX))

    # ---- inside ----------------------------------------------------------------------------

    def _on_step(self, step: object) -> None:
        if isinstance(step, Step) and step.benchmarks:
            self.result.show_readings(step.benchmarks)

    def _on_opened(self, made: work.Finished) -> None:
        self.result.show_benchmarks(made.benchmarks)
        self._settle.start()

    def _on_measured(self, made: work.Finished) -> None:
        self.result.show_benchmarks(made.benchmarks)
        problems = [f"{each.model.name}: {each.problem}" if len(made.benchmarks) > 1
                    else each.problem for each in made.benchmarks if each.problem]  # fmt: skip
        if made.problem is not None:
            self.failed.emit(made.problem)
        elif problems:
            self.failed.emit(UserError(problems[0], "What had been measured is below."))
        if self.isVisible():
            self._settle.start()
        else:
            show = lambda: self._context.navigation.open("telemetry", BENCHMARK)  # noqa: E731
            self._context.notices.show(Notice(DONE, "", "success", "benchmark", "Show it", show))
        self.look()
        self.measured.emit()

    def _bring_result(self) -> None:
        """To the top, once it has its height."""
        bar = self._area.verticalScrollBar()
        bar.setValue(self.result.y() - self.form.y())

    def _lay_out(self) -> None:
        self._column = QWidget()
        # Filled where it stands: a scroll area dresses what is put into it, and a parent again.
        self._area = scrolled(in_the_middle(self._column), "Benchmarks")
        column = QVBoxLayout(self._column)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(24)
        for part in (self.form, self.result, self.list):
            column.addWidget(part)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def _connect_signals(self) -> None:
        self.form.start_asked.connect(self.run)
        self.form.stop_asked.connect(self.stop)
        self.form.failed.connect(self.failed)
        self.result.failed.connect(self.failed)
        self.list.table.failed.connect(self.failed)
        self.list.open_asked.connect(self.open_kept)
        self.list.bin_asked.connect(lambda paths: self.bin.put(*paths))
        self.list.bin_shown.connect(self.bin.open)
        self.bin.changed.connect(self.look)
        self.bin.failed.connect(self.failed)
