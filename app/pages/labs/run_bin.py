"""The bin of runs: put away with undo, looked into, taken out again, deleted for good."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.notices import Notice
from app.runs import run_list
from app.runs.run_links import add_links, remove_link
from app.widgets.bin_window import Binned, BinWindow
from models.errors import UserError

T = TypeVar("T")


class RunBin(QObject):
    """`changed` comes whenever a run has moved or is gone."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._home = context.services.paths.runs
        self._view = parent
        self._window: BinWindow | None = None
        self.changed.connect(self._look)

    @property
    def count(self) -> int:
        return len(run_list.binned_runs(self._home))

    def put(self, path: Path) -> None:
        """Out of sight, with a notice that takes it back; what lies elsewhere stays there."""
        if path.parent != self._home:
            self._unlink(path)
            return
        away = self._try(lambda: run_list.to_bin(path))
        if away is None:
            return
        self.changed.emit()
        self._context.notices.show(
            Notice(
                f"{path.name} is in the bin.", key=f"run-{path.name}", action="Undo",
                run=lambda: self.take_out(away),
            )
        )  # fmt: skip

    def _unlink(self, path: Path) -> None:
        def take_back() -> None:
            self._try(lambda: add_links(self._home, [path]))
            self.changed.emit()

        if self._try(lambda: remove_link(self._home, path)) is None:
            return
        self.changed.emit()
        self._context.notices.show(
            Notice(
                f"{path.name} is off the list.", f"Its folder stays where it is: {path}.",
                key=f"run-{path}", action="Undo", run=take_back,
            )
        )  # fmt: skip

    def take_out(self, away: Path) -> None:
        self._try(lambda: run_list.from_bin(away))
        self.changed.emit()

    def open(self) -> BinWindow:
        self._window = window = BinWindow(self._view.window(), "Runs")
        window.restore_requested.connect(self.take_out)
        window.empty_requested.connect(self._empty)
        window.destroyed.connect(self._on_closed)
        self._look()
        window.show()
        return window

    # ---- inside ----------------------------------------------------------------------------

    def _look(self) -> None:
        """Plans are long, so they are read in a job."""
        if self._window is not None:
            home = self._home
            job = self._context.jobs.start(lambda _: _look_into(home))
            job.finished.connect(self._window.show_binned)
            job.failed.connect(self.failed)

    def _empty(self) -> None:
        home = self._home
        job = self._context.jobs.start(lambda _: run_list.empty_bin(home), "Deleting runs")
        job.failed.connect(self.failed)
        job.ended.connect(self.changed)

    def _on_closed(self) -> None:
        self._window = None

    def _try(self, action: Callable[[], T]) -> T | None:
        try:
            return action()
        except UserError as error:
            self.failed.emit(error)
            return None


def _look_into(home: Path) -> Generator[str, None, tuple[Binned, ...]]:
    rows = yield from run_list.list_runs(home / run_list.BIN)
    return tuple(_binned(row) for row in rows)


def _binned(row: run_list.RunRow) -> Binned:
    title = " · ".join(filter(None, (row.lab, ", ".join(row.models))))
    about = " · ".join(filter(None, (run_list.date_text(row.locked_at), row.finding)))
    return Binned(row.path, title, about)
