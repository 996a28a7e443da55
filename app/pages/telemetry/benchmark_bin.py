"""The bin of benchmarks: put away with undo, looked into, taken out again, deleted for good."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.notices import Notice
from app.pages.telemetry.benchmark_list import name_text, when_text
from app.widgets.bin_window import Binned, BinWindow
from labs import kept_files
from labs.benchmark import kept
from models.errors import UserError


class BenchmarkBin(QObject):
    """`changed` comes whenever a benchmark has moved or is gone."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._view = context, parent
        self._folder = context.services.paths.benchmarks
        self._window: BinWindow | None = None
        self.changed.connect(self._look)

    @property
    def count(self) -> int:
        return len(kept_files.binned(self._folder))

    def put(self, paths: Sequence[Path]) -> None:
        """Out of sight, with a notice that takes back what has moved."""
        away: list[Path] = []
        try:
            away.extend(map(kept_files.to_bin, paths))
        except UserError as error:
            self.failed.emit(error)
        self.changed.emit()
        if away:
            count = "The benchmark is" if len(away) == 1 else f"{len(away)} benchmarks are"
            self._context.notices.show(
                Notice(f"{count} in the bin.", key="benchmark-bin", action="Undo",
                       run=lambda: self.take_out(*away))
            )  # fmt: skip

    def take_out(self, *away: Path) -> None:
        try:
            for path in away:
                kept_files.from_bin(path)
        except UserError as error:
            self.failed.emit(error)
        self.changed.emit()

    def open(self) -> None:
        if self._window is not None:
            self._window.raise_()
            return
        self._window = window = BinWindow(self._view.window(), "Benchmarks")
        window.restore_requested.connect(self.take_out)
        window.empty_requested.connect(self._empty)
        window.destroyed.connect(self._on_closed)
        self._look()
        window.show()

    def _look(self) -> None:
        if self._window is not None:
            job = self._context.jobs.start(lambda _: _look_into(self._folder))
            job.finished.connect(self._window.show_binned)
            job.failed.connect(self.failed)

    def _empty(self) -> None:
        job = self._context.jobs.start(
            lambda _: kept_files.empty_bin(self._folder), "Deleting benchmarks"
        )
        job.failed.connect(self.failed)
        job.ended.connect(self.changed)

    def _on_closed(self) -> None:
        self._window = None


def _look_into(folder: Path) -> Generator[str, None, tuple[Binned, ...]]:
    rows = yield from kept.listed(folder / kept_files.BIN)
    return tuple(Binned(row.path, name_text(row), when_text(row)) for row in rows)
