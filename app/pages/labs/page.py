"""The Labs page: a frame at first; what it shows is loaded once the window has been painted."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.context import AppContext
from app.model_choice import make_model_picker
from app.pages.labs.places import PLACES
from app.pages.labs.repeats_artifact import REPORT_NAME, repeats_report
from app.pages.page import Artifact, Command, Page
from app.widgets.icons import IconButton
from app.widgets.tab_order import follow
from app.widgets.turns import in_turns

if TYPE_CHECKING:
    from app.pages.labs.front import LabsFront


def load_front() -> Generator[str, None, type[LabsFront]]:
    """Experiments stand on numpy and scipy, which take a second: never before the first paint,
    and never in the window's thread."""
    yield "Loading the labs"
    from app.pages.labs.front import LabsFront

    return LabsFront


class LabsPage(Page):
    """`front` is None until the experiments have been loaded."""

    title = "Labs"
    icon = "flask"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.front: LabsFront | None = None
        self._is_loading = False
        self._wanted = ""
        self._picker = make_model_picker(context)
        self.sheet_button = IconButton("file-text", "Lab sheet")
        self.sheet_button.setCheckable(True)
        self.sheet_button.hide()
        self._loading = QLabel("Loading the labs…")
        self._loading.setProperty("role", "secondary")
        self.content.addWidget(self._loading, 1, Qt.AlignmentFlag.AlignCenter)

    # ---- what the shell asks ---------------------------------------------------------------

    def header_widgets(self) -> list[QWidget]:
        return [self._picker, self.sheet_button]

    def commands(self) -> list[Command]:
        own = self.front.commands() if self.front is not None else self._places()
        return [
            Command("Choose a model", "Ctrl+L", self._picker.open_list),
            # With their keys, which the window takes up before the labs are loaded.
            Command("Find runs or items", "Ctrl+F", self._find),
            Command("Show or hide the lab sheet", "Ctrl+Shift+O", self._toggle_sheet),
            *own,
        ]

    def artifacts(self) -> tuple[Artifact, ...]:
        """Also before the labs have been loaded: the last run lies on the disk."""
        home, front = self.context.services.paths.runs, self.front
        shown = front.runs.shown_run if front is not None else None
        return (Artifact(REPORT_NAME, lambda: repeats_report(home, shown)),)

    def activate(self) -> None:
        if self.front is not None:
            self.front.activate()

    def open_target(self, target: str) -> None:
        """ "lab:ID" opens the set-up of a lab, "lab:BENCH:WHAT" a bench with what it is asked for,
        "run:FOLDER" a run, "runs" the table of them, "folder" and "hand-in" ask for one that
        lies elsewhere, "files:PATHS" opens these."""
        if self.front is None:
            self._wanted = target
        else:
            self.front.open_target(target)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_loading:
            self._is_loading = True
            QTimer.singleShot(0, self, self._load)

    def _places(self) -> list[Command]:
        """What can be asked for while the labs are loading."""
        return [
            Command(p.name, "", partial(self.open_target, p.target), p.detail, anywhere=True)
            for p in PLACES
        ]

    # ---- inside ----------------------------------------------------------------------------

    def _find(self) -> None:
        if self.front is not None:
            self.front.find_something()

    def _toggle_sheet(self) -> None:
        if self.front is not None:
            self.front.toggle_sheet()

    def _load(self) -> None:
        job = self.context.jobs.start(lambda _token: load_front())
        job.finished.connect(self._on_loaded)
        job.failed.connect(self.show_error)

    def _on_loaded(self, make_front: type[LabsFront]) -> None:
        # A child at once: it goes with the page, should that close before the next turn.
        front = make_front(self.context, self.sheet_button, parent=self)
        front.failed.connect(self.show_error)
        front.went_well.connect(self.clear_error)
        in_turns(self, front.activate, lambda: self._show(front))

    def _show(self, front: LabsFront) -> None:
        self.front = front
        self.content.removeWidget(self._loading)
        self._loading.deleteLater()
        self.content.addWidget(front, 1)
        self.context.theme.hand_to(front)
        if self.sheet_button.window() is self.window():
            follow(self.sheet_button, [front])
        if self._wanted:
            front.open_target(self._wanted)
