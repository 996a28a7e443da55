"""The second tab: the table of runs, the run that goes on, the result, two side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Level, Notice
from app.pages.labs.compare_view import CompareView
from app.pages.labs.compare_work import Pair, load_pair
from app.pages.labs.hand_in_view import HandInView
from app.pages.labs.hand_in_work import TakenIn
from app.pages.labs.label_view import LabelView
from app.pages.labs.label_work import Labelling, load_labelling
from app.pages.labs.live_run import LiveRun
from app.pages.labs.live_view import LiveView
from app.pages.labs.result_view import ResultView
from app.pages.labs.run_bin import RunBin
from app.pages.labs.run_data import RunData, load_run, work_out
from app.pages.labs.run_files import RunFiles
from app.pages.labs.run_work import Prepared, prepare, reopen
from app.pages.labs.runs_table import RunsTable
from app.pages.labs.sizing_work import Sized
from app.pages.labs.views import Views
from app.runs.run_links import target_of
from app.runs.run_list import PAUSED, RUNNING, RunRow, list_runs
from app.widgets.turns import in_turns
from labs.experiments.experiment import Experiment
from models.errors import UserError

LOOK_AGAIN_MS = 1000  # while a run goes on
LINKED = "Their folders stay where they are."
UNPACKED = "Zip files were unpacked among your own; files and folders stay as they are."
V = TypeVar("V", bound=QWidget)


class RunsTab(Views):
    """Owns the live runs. `run_shown` carries the folder in front and the id of its lab."""

    run_shown = Signal(object, str)
    start_asked = Signal()
    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, experiments: Mapping[str, Experiment]) -> None:
        super().__init__()
        self._context = context
        self._experiments = experiments
        self._home = context.services.paths.runs
        self._live: dict[Path, LiveRun] = {}
        self._wanted: Path | None = None  # the run whose result is being read
        self._to_select: set[Path] = set()
        self._look_again = QTimer(self, singleShot=True, interval=LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self._refresh_in_front)
        self.rows: tuple[RunRow, ...] = ()
        self.bin = RunBin(context, self)
        self.bin.changed.connect(self.refresh)
        self.bin.failed.connect(self.failed)
        self.files = RunFiles(context, self)
        self.files.changed.connect(self.refresh)
        self.files.linked.connect(self._on_linked)
        self.files.taken_in.connect(self._on_taken_in)
        self.files.failed.connect(self.failed)

    # ---- the views, each made when it is first wanted: together they would stall the window ----

    @cached_property
    def table(self) -> RunsTable:
        table = RunsTable()
        table.open_asked.connect(self._on_open_asked)
        table.resume_asked.connect(self.resume)
        table.compare_asked.connect(self.compare)
        table.export_asked.connect(self.files.ask_export)
        table.bin_asked.connect(self.bin.put)
        table.bin_shown.connect(self.bin.open)
        table.note_changed.connect(self.files.note)
        table.folder_asked.connect(self.files.ask_folder)
        table.hand_in_asked.connect(self.files.ask_hand_in)
        table.start_asked.connect(self.start_asked)
        table.table.failed.connect(self.failed)
        return self._added(table)

    @cached_property
    def result(self) -> ResultView:
        result = ResultView(self._context, self)
        result.left.connect(self.show_table)
        result.resume_asked.connect(self.resume)
        result.work_out_asked.connect(self.work_out)
        result.export_asked.connect(self.files.ask_export)
        result.label_asked.connect(self.label)
        result.report_asked.connect(self.files.open_report)
        result.failed.connect(self.failed)
        return self._added(result)

    @cached_property
    def live(self) -> LiveView:
        live = LiveView()
        live.left.connect(self.show_table)
        return self._added(live)

    @cached_property
    def comparison(self) -> CompareView:
        comparison = CompareView(self._context)
        comparison.left.connect(self.show_table)
        comparison.failed.connect(self.failed)
        return self._added(comparison)

    @cached_property
    def labels(self) -> LabelView:
        labels = LabelView()
        labels.left.connect(self.open_run)
        labels.failed.connect(self.failed)
        return self._added(labels)

    @cached_property
    def hand_ins(self) -> HandInView:
        hand_ins = HandInView(self._context)
        hand_ins.left.connect(self.show_table)
        return self._added(hand_ins)

    def _added(self, view: V) -> V:
        self.addWidget(view)
        self._context.theme.hand_to(view)
        return view

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.currentWidget() is None:
            self.setCurrentWidget(self.table)

    # ---- what the user asks ----------------------------------------------------------------

    def refresh(self) -> None:
        home, known = self._home, self.rows
        job = self._start(lambda _: list_runs(home, known))
        job.finished.connect(self._on_listed)

    def show_table(self) -> None:
        self._wanted = None
        self.show_view(self.table)
        self.run_shown.emit(None, "")
        self.refresh()

    def start(self, sized: Sized, prediction: str, student: str) -> None:
        """Lock the plan, then run it."""
        home = self._home
        job = self._start(lambda _: prepare(home, sized, prediction, student))
        job.finished.connect(self._on_prepared)

    def open_run(self, path: Path) -> None:
        """The run as it goes on, or its result."""
        self._wanted = None
        if path in self._live:
            self.live.show_run(self._live[path])
            self.show_view(self.live)
            self.run_shown.emit(path, self._live[path].prepared.experiment.id)
            return
        self._wanted = path
        job = self._start(lambda _: load_run(path))
        job.finished.connect(self._on_read)

    def resume(self, path: Path) -> None:
        if path in self._live:
            self._live[path].resume()
            self.open_run(path)
            return
        experiment = self._experiment_of(path)
        if experiment is not None:
            job = self._start(lambda _: reopen(path, experiment))
            job.finished.connect(self._on_prepared)

    def work_out(self, path: Path) -> None:
        experiment = self._experiment_of(path)
        if experiment is not None:
            self._wanted = path
            job = self._start(lambda _: work_out(path, experiment), "Working out the results")
            job.finished.connect(self._on_read)

    def compare(self, first: Path, second: Path) -> None:
        """Two runs, or two models of one run."""
        job = self._start(lambda _: load_pair(first, second), "Comparing two runs")
        job.finished.connect(self._on_pair)

    def label(self, path: Path) -> None:
        """Answers to read by hand, to see how far the scorer can be trusted."""
        job = self._start(lambda _: load_labelling(path))
        job.finished.connect(self._on_labelling)

    # ---- inside ----------------------------------------------------------------------------

    @property
    def shown_run(self) -> Path | None:
        """The run in front, as it goes on or with its result."""
        front = self.currentWidget()
        if isinstance(front, LiveView):
            return front.run.path if front.run is not None else None
        return front.data.path if isinstance(front, ResultView) and front.data else None

    @property
    def live_runs(self) -> Mapping[Path, LiveRun]:
        return self._live

    def _start(self, work: Any, title: str = "") -> Job:
        job = self._context.jobs.start(work, title)
        job.failed.connect(self.failed)
        return job

    def _experiment_of(self, path: Path) -> Experiment | None:
        row = next((row for row in self.rows if row.path == path), None)
        name = row.experiment if row is not None else ""
        front = self.currentWidget()
        data = front.data if isinstance(front, ResultView) else None
        if not name and data is not None and data.path == path:
            name = data.plan.experiment
        if name not in self._experiments:
            self.failed.emit(
                UserError("This run belongs to a lab that this Assay does not have.",
                          "Open it with the version that made it.")
            )  # fmt: skip
        return self._experiments.get(name)

    def _on_open_asked(self, path: Path) -> None:
        self.went_well.emit()  # what the last one could not do is told no more
        self.open_run(path)

    def _on_listed(self, rows: tuple[RunRow, ...]) -> None:
        self.rows = rows
        self.table.show_runs([self._with_live_state(row) for row in rows])
        if self._live:
            self._look_again.start()
        if self._to_select:
            self.table.table.clearSelection()
            self.table.select(self._to_select)
            self._to_select = set()
        self.table.show_bin_count(self.bin.count)

    def _with_live_state(self, row: RunRow) -> RunRow:
        run = self._live.get(row.path)
        if run is None:
            return row
        return replace(row, state=PAUSED if run.is_paused else RUNNING, done=run.done)

    def _refresh_in_front(self) -> None:
        if self.isVisible() and self.currentWidget() is self.table:
            self.refresh()

    def _on_linked(self, runs: tuple[Path, ...], where: str = LINKED) -> None:
        """One is opened at once; of several the list is shown, with them selected."""
        self.went_well.emit()
        self._to_select = set(runs)
        self.show_table()
        if len(runs) == 1:
            self.open_run(runs[0])
        else:
            self._context.notices.info(
                f"{len(runs)} runs are in the list now.", where, key="linked",
            )  # fmt: skip

    def _on_taken_in(self, found: TakenIn) -> None:
        """Labs are read at once, and of runs the list is shown, with them selected."""
        if found.refused is None:
            self.went_well.emit()
        if found.runs:
            self._on_linked(found.runs, UNPACKED)
        if found.labs:
            self._wanted = None  # a run among them does not take the place of a lab
            self.hand_ins.show_labs(found.labs)
            self.show_view(self.hand_ins)
            self.run_shown.emit(None, "")
        if found.refused is not None:
            self.failed.emit(found.refused)

    def _on_prepared(self, prepared: Prepared) -> None:
        if prepared.path not in self._live:
            run = LiveRun(self._context, prepared, self)
            self._live[prepared.path] = run
            run.failed.connect(self.failed)
            run.ended.connect(lambda: self._on_run_ended(run))
        self.went_well.emit()
        self.open_run(prepared.path)

    def _on_run_ended(self, run: LiveRun) -> None:
        self._live.pop(run.path, None)
        is_in_front = self.currentWidget() is self.live and self.live.run is run
        if is_in_front:
            self.open_run(run.path)
        if not (is_in_front and self.isVisible()):
            self._tell(run)
        self.refresh()

    def _tell(self, run: LiveRun) -> None:
        is_done = run.job.state == "finished"
        if is_done or run.job.state == "failed":
            how: tuple[str, Level] = ("done", "success") if is_done else ("not complete", "warning")
            self._context.notices.show(
                Notice(
                    f"{run.prepared.plan.title} is {how[0]}.", run.job.sentence, how[1],
                    f"run-{run.path.name}", "Open",
                    lambda: self._context.navigation.open("labs", target_of(self._home, run.path)),
                )
            )  # fmt: skip

    def _on_read(self, data: RunData) -> None:
        if data.path == self._wanted:
            in_turns(
                self,
                lambda: self.result,  # made, if it is the first one
                lambda: self._fill_result(data),
                lambda: self._show_result(data),
                lambda: self.result.inspector,  # before the first trial is asked for
            )

    def _fill_result(self, data: RunData) -> None:
        if data.path == self._wanted:
            self.result.show_run(data)

    def _show_result(self, data: RunData) -> None:
        if data.path == self._wanted:
            self._wanted = None
            self.show_view(self.result)
            self.run_shown.emit(data.path, data.plan.experiment)

    def _on_pair(self, pair: Pair) -> None:
        self.comparison.show_pair(pair)
        self.show_view(self.comparison)
        self.run_shown.emit(None, "")

    def _on_labelling(self, work: Labelling) -> None:
        self.labels.show_labelling(work)
        self.show_view(self.labels)
        self._context.theme.hand_to(self.labels)
