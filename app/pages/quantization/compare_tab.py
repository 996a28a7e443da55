"""Comparing: set up, run, look at, keep."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.quantization import work
from app.pages.quantization.compare_result import CompareResult
from app.pages.quantization.compare_setup import CompareSetup
from app.pages.quantization.comparison_bin import comparison_bin
from app.pages.quantization.foot import COLUMN_PX
from app.pages.quantization.kept_list import KeptList
from app.pages.quantization.places import COMPARE
from app.widgets.parts import in_the_middle, scrolled
from app.widgets.tokens import Tokens
from app.widgets.turns import in_turns
from labs.quantization import kept
from labs.quantization.document import document_of
from labs.quantization.finding import finding_of
from labs.quantization.kept import KeptRow
from models.errors import UserError

STARTER = "starter"
STOPPED = "Stopped before the first window was done: there is nothing to show."


class CompareTab(QStackedWidget):
    """`failed` carries a UserError for the page's bar."""

    failed = Signal(object)
    went_well = Signal()
    make_asked = Signal(str)
    changed = Signal()  # what the tab shows or does

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._folder = context.services.paths.comparisons
        self._rows: tuple[KeptRow, ...] = ()
        self.job: Job | None = None
        self.setup, self.kept = CompareSetup(context), KeptList()
        self._result: CompareResult | None = None
        self.bin = comparison_bin(context, self)
        self._lay_out()
        self._connect_signals()

    @property
    def result(self) -> CompareResult:
        """Made when it is first needed, which takes a turn of its own."""
        if self._result is None:
            self._result = made = CompareResult(self._context)
            made.failed.connect(self._on_failed)
            made.back_asked.connect(self.show_setup)
            made.again_asked.connect(self._again)
            self.addWidget(made)
            self._context.theme.hand_to(made)
        return self._result

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job.is_running

    def activate(self) -> None:
        """Read what is kept, and offer the model in use with the files of it."""
        self.look()
        if self.setup.is_empty:
            self.setup.choose(self._context.current_model.model or STARTER, free=True)
        elif not self.is_busy:
            self.setup.refresh()

    def choose(self, base: str, others: tuple[str, ...] = ()) -> None:
        """Offer this comparison; nothing is started."""
        self.show_setup()
        if not self.is_busy:
            self.setup.choose(base, others)

    def look(self) -> None:
        job = self._context.jobs.start(lambda _: kept.listed(self._folder, self._rows))
        job.finished.connect(self._on_listed)
        job.failed.connect(self.kept.show_problem)

    def compare(self, asked: work.Asked) -> None:
        if self.is_busy:
            return
        services, folder = self._context.services, self._folder
        sampler = self._context.sampler
        self.went_well.emit()
        self.job = job = self._context.jobs.start(
            lambda token: work.compare(
                services.library, services.pool, folder, asked, token, sampler
            ),
            "Comparing files of a model",
            summary=lambda _made: "The comparison is done.",
        )
        self.setup.show_running(job)
        job.finished.connect(self._on_compared)
        job.failed.connect(self.failed)
        job.cancelled.connect(self._on_cancelled)
        job.ended.connect(self._on_ended)
        self.changed.emit()

    def stop(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def open_kept(self, path: Path) -> None:
        job = self._context.jobs.start(lambda _: work.open_kept(path))
        job.finished.connect(self._show)
        job.failed.connect(self.failed)
        job.failed.connect(self.look)  # it may be gone

    def show_setup(self) -> None:
        self.setCurrentIndex(0)
        self.changed.emit()

    def setTokens(self, tokens: Tokens) -> None:
        self._column.setMaximumWidth(tokens.px(COLUMN_PX))

    def decision(self) -> str:
        """What was found with the comparison that is shown, and every number with its error. Raises
        UserError."""
        record = self.result.record if self._result and self.currentIndex() == 1 else None
        if record is None:
            raise UserError("No comparison is shown.", "Make one, or open one that is kept.")
        document = {
            "finding": finding_of(record.comparison),
            **document_of(record, with_tokens=False),
        }
        return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    # ---- inside ----------------------------------------------------------------------------

    def _on_compared(self, made: work.Finished) -> None:
        is_seen = self.isVisible() and self.currentIndex() == 0
        if made.problem is not None:
            self.failed.emit(made.problem)
        if is_seen:
            self._show(made)
        else:
            self._tell(made)
        self.look()

    def _tell(self, made: work.Finished) -> None:
        def show() -> None:
            self._context.navigation.open("quantization", COMPARE)
            self._show(made)

        is_early = bool(made.record.comparison.ended_by)
        told = "The comparison ended early." if is_early else "The comparison is done."
        self._context.notices.show(
            Notice(told, "", "warning" if is_early else "success", "comparison", "Show it", show)
        )

    def _on_cancelled(self) -> None:
        self._context.notices.info(STOPPED, key="comparison")

    def _on_ended(self) -> None:
        self.changed.emit()

    def _show(self, made: work.Finished) -> None:
        in_turns(self, lambda: self.result, lambda: self._fill(made))

    def _fill(self, made: work.Finished) -> None:
        self.result.show_record(made.record, made.path)
        self.result.show_view(0)
        self.setCurrentWidget(self.result)
        self.changed.emit()

    def _on_listed(self, rows: tuple[KeptRow, ...]) -> None:
        self._rows = rows
        self.kept.show_rows(rows)
        self.kept.show_bin_count(self.bin.count)
        self.setup.show_kept(rows)

    def _again(self) -> None:
        record = self.result.record
        if record is not None:
            base, *others = record.models
            self.choose(base.path, tuple(each.path for each in others if not each.cache))

    def _lay_out(self) -> None:
        """From the outside in: Qt styles anew all that moves to another parent."""
        front = QWidget()
        self.addWidget(front)
        outer = QVBoxLayout(front)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._column = QWidget()
        area = scrolled(in_the_middle(self._column), "Comparing files of a model")
        outer.addWidget(area, 1)
        outer.addWidget(self.setup.foot)
        self.setup.foot.stand_below(area)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(24)
        column.addWidget(self.setup)
        column.addWidget(self.kept)
        column.addStretch(1)

    def _connect_signals(self) -> None:
        self.setup.start_asked.connect(self.compare)
        self.setup.stop_asked.connect(self.stop)
        self.setup.make_asked.connect(self._ask_to_make)
        self.setup.went_well.connect(self.went_well)
        for each in (self.setup, self.bin, self.kept.table):
            each.failed.connect(self._on_failed)
        self.kept.open_asked.connect(self.open_kept)
        self.kept.bin_asked.connect(lambda paths: self.bin.put(*paths))
        self.kept.bin_shown.connect(self.bin.open)
        self.bin.changed.connect(self.look)

    def _ask_to_make(self) -> None:
        base = self.setup.members.base
        model = base.entry.model if base else self._context.current_model.model
        self.make_asked.emit(model or STARTER)

    def _on_failed(self, error: UserError) -> None:
        self.failed.emit(error)
