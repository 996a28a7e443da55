"""What the Labs page shows once it has been loaded: two tabs, and the lab sheet beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QToolButton, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.labs.bench import Bench
from app.pages.labs.button_commands import button_commands
from app.pages.labs.labs_tab import LabsTab
from app.pages.labs.places import lab_name
from app.pages.labs.result_view import ResultView
from app.pages.labs.runs_tab import RunsTab
from app.pages.labs.sheet_answers import draft_path
from app.pages.labs.sizing_work import Sized
from app.pages.page import Command
from app.runs.run_links import files_of_target
from app.widgets.sheet.area import SheetArea
from app.widgets.sheet.drawer import SheetDrawer
from labs.catalog import EXPERIMENTS
from labs.experiments.experiment import Experiment
from labs.experiments.record.run_folder import ANSWERS
from labs.lab_book.answers import AnswersFile
from labs.lab_book.sheet_text import Block, read_sheet, sheet_path
from models.errors import UserError


class LabsFront(QWidget):
    """Knows experiments as data: whatever the catalog holds."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(
        self,
        context: AppContext,
        sheet_button: QToolButton,
        experiments: Sequence[Experiment] = EXPERIMENTS,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._sheet_button = sheet_button
        self._experiments = {each.id: each for each in experiments}
        self._home = context.services.paths.runs
        self._lab = ""
        self._blocks: tuple[Block, ...] = ()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Labs and runs")
        self.drawer = SheetDrawer()
        self._area = SheetArea(self.tabs)
        self._area.take(self.drawer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        # From the outside in: whatever moves into another widget is styled anew, with all in it.
        self.labs = LabsTab(context, experiments)
        self.runs = RunsTab(context, self._experiments)
        self.tabs.addTab(self.labs, "Labs")
        self.tabs.addTab(self.runs, "My runs")
        self._connect_signals()

    # ---- what the page asks ----------------------------------------------------------------

    def activate(self) -> None:
        self.runs.refresh()
        self.labs.show_reasons()

    def open_target(self, target: str) -> None:
        kind, _, name = target.partition(":")
        if kind == "lab":
            lab, _, inside = name.partition(":")
            self.open_lab(lab, inside)
        elif kind == "run":
            self.tabs.setCurrentWidget(self.runs)
            self.runs.open_run(self._home / name)
        elif kind == "runs":
            self._show_runs()
        elif kind == "folder":
            self._ask_folder()
        elif kind == "hand-in":
            self._ask_hand_in()
        elif kind == "files":
            self._open_files(files_of_target(name))

    def commands(self) -> list[Command]:
        return [
            *(self._lab_command(each) for each in self._experiments.values()),
            *(self._bench_command(each) for each in self.labs.benches.values()),
            Command("All labs", "", self._show_labs),
            Command("My runs", "", self._show_runs, anywhere=True),
            Command("Open a run folder…", "", self._ask_folder, anywhere=True),
            Command("Open a hand-in…", "", self._ask_hand_in, anywhere=True),
            *button_commands(self),
        ]

    def open_lab(self, lab: str, inside: str = "") -> None:
        self.tabs.setCurrentWidget(self.labs)
        self.labs.open_lab(lab, inside)

    # ---- inside ----------------------------------------------------------------------------

    def _connect_signals(self) -> None:
        self.labs.start_asked.connect(self._start)
        self.labs.failed.connect(self.failed)
        self.labs.lab_shown.connect(lambda lab: self._show_sheet_of(lab, None))
        self.runs.run_shown.connect(lambda path, lab: self._show_sheet_of(lab, path))
        self.runs.start_asked.connect(lambda: self.tabs.setCurrentWidget(self.labs))
        self.runs.failed.connect(self.failed)
        self.runs.went_well.connect(self.went_well)
        self.tabs.currentChanged.connect(self._on_tab)
        self.drawer.closed.connect(lambda: self._sheet_button.setChecked(False))
        self.drawer.failed.connect(self.failed)
        self._context.navigation.sheet_requested.connect(
            lambda _lab: self._sheet_button.setChecked(False)  # one sheet at a time
        )
        self._sheet_button.toggled.connect(self._on_sheet_toggled)

    def _lab_command(self, experiment: Experiment) -> Command:
        return Command(lab_name(experiment.title), "",
                       lambda: self.open_lab(experiment.id), "Lab", anywhere=True)  # fmt: skip

    def _bench_command(self, bench: Bench) -> Command:
        return Command(bench.title, "", lambda: self.open_lab(bench.id), "Lab", anywhere=True)

    def find_something(self) -> None:
        """Items where a result is in front, else runs."""
        shown = self.runs.currentWidget()
        if isinstance(shown, ResultView) and self.runs.isVisible():
            shown.answers.search.setFocus()
        else:
            self._show_runs()
            self.runs.table.search.setFocus()

    def _show_labs(self) -> None:
        self.tabs.setCurrentWidget(self.labs)
        self.labs.show_cards()

    def _ask_folder(self) -> None:
        self._show_runs()
        self.runs.files.ask_folder()

    def _ask_hand_in(self) -> None:
        self._show_runs()
        self.runs.files.ask_hand_in()

    def _open_files(self, paths: Sequence[Path]) -> None:
        """Hand-ins and folders of runs that were dropped on the window."""
        self.tabs.setCurrentWidget(self.runs)
        self.runs.files.take_in(paths)

    def _show_runs(self) -> None:
        self.tabs.setCurrentWidget(self.runs)
        self.runs.show_table()

    def _start(self, sized: Sized, prediction: str, student: str) -> None:
        self.drawer.save()
        self.went_well.emit()
        self.tabs.setCurrentWidget(self.runs)
        self.runs.start(sized, prediction, student)

    def _on_tab(self) -> None:
        if self.tabs.currentWidget() is self.labs:
            self._show_sheet_of(self.labs.lab, None)
        else:
            self.runs.refresh()

    # ---- the sheet -------------------------------------------------------------------------

    def _show_sheet_of(self, lab: str, run: Path | None) -> None:
        """The sheet of the lab in front; its answers lie in the run, or wait for one."""
        experiment = self._experiments.get(lab) or self.labs.benches.get(lab)
        path = sheet_path(experiment.sheet) if experiment else None
        self._sheet_button.setVisible(path is not None)
        if path is None or experiment is None:
            self._lab = ""
            self._sheet_button.setChecked(False)
            return
        if lab != self._lab:
            try:
                blocks = read_sheet(path)
            except UserError as error:
                self.failed.emit(error)
                return
            if not self.drawer.show_sheet(f"Lab sheet: {experiment.title}", blocks):
                return  # with answers that cannot be saved: they stay on the screen
            self._lab, self._blocks = lab, blocks
            self._context.theme.hand_to(self.drawer)
        file = run / ANSWERS if run else draft_path(self._home, lab)
        self.drawer.answer_into(AnswersFile(file, experiment.title, self._blocks))

    def toggle_sheet(self) -> None:
        if self._sheet_button.isVisible():
            self._sheet_button.toggle()

    def _on_sheet_toggled(self, is_open: bool) -> None:
        self.drawer.save()
        if is_open:
            self._context.navigation.close_sheet()
        self.drawer.setVisible(is_open)
        if is_open and self.drawer.fields:
            next(iter(self.drawer.fields.values())).setFocus()
