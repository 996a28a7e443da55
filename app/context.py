"""The few long-lived objects of the window, built once and handed to constructors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.activity import Activity
from app.current_model import CurrentModel
from app.jobs import JobRunner
from app.live_runs import LiveRuns
from app.notices import Notices
from app.services import Services
from app.shell.theme import Theme

if TYPE_CHECKING:
    from labs.telemetry.journal import Journal
    from labs.telemetry.loads import LoadLog
    from models.hardware.sampler import Sampler


class Navigation(QObject):
    """How one page leads to another without knowing it."""

    requested = Signal(str, str)
    sheet_requested = Signal(str)
    sheet_closed = Signal()

    def open(self, page: str, target: str = "") -> None:
        """Bring a page ("chat", "labs", "models", "settings") to the front; `target` names what
        it should show there, such as a chat's id or a model's path."""
        self.requested.emit(page, target)

    def open_sheet(self, lab: str) -> None:
        """Show the sheet of a guided lab beside its page."""
        self.sheet_requested.emit(lab)

    def close_sheet(self) -> None:
        """Another sheet takes its place."""
        self.sheet_closed.emit()


@dataclass(frozen=True)
class AppContext:
    """`services` has no Qt in it; the rest lives in the window's thread."""

    services: Services
    jobs: JobRunner
    notices: Notices
    current_model: CurrentModel
    theme: Theme
    sampler: Sampler
    journal: Journal  # every request of this window with what it took
    loads: LoadLog
    navigation: Navigation
    activity: Activity = field(default_factory=Activity)
    live_runs: LiveRuns = field(default_factory=LiveRuns)
