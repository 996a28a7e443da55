"""The bin of comparisons: put away with undo, looked into, taken out again, deleted for good."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.notices import Notice
from app.pages.quantization.kept_list import date_text, others_text
from app.widgets.bin_window import Binned, BinWindow
from labs import kept_files
from labs.quantization import kept
from models.errors import UserError


class ComparisonBin(QObject):
    """`changed` comes whenever a comparison has moved or is gone."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._view = context, parent
        self._folder = context.services.paths.comparisons
        self._window: BinWindow | None = None
        self.changed.connect(self._look)

    @property
    def count(self) -> int:
        return len(kept_files.binned(self._folder))

    def put(self, paths: Sequence[Path]) -> None:
        """Out of sight, with a notice that takes back what has moved."""
        away: list[Path] = []
        self._try(lambda: away.extend(map(kept_files.to_bin, paths)))
        self.changed.emit()
        if away:
            told = "The comparison is" if len(away) == 1 else f"{len(away)} comparisons are"
            self._context.notices.show(
                Notice(f"{told} in the bin.", key=f"comparison-{away[0].name}", action="Undo",
                       run=lambda: self.take_out(*away))
            )  # fmt: skip

    def take_out(self, *away: Path) -> None:
        self._try(lambda: [kept_files.from_bin(path) for path in away])
        self.changed.emit()

    def open(self) -> None:
        if self._window is not None:
            self._window.raise_()
            return
        self._window = window = BinWindow(self._view.window(), "Comparisons")
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
            lambda _: kept_files.empty_bin(self._folder), "Deleting comparisons"
        )
        job.failed.connect(self.failed)
        job.ended.connect(self.changed)

    def _on_closed(self) -> None:
        self._window = None

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except UserError as error:
            self.failed.emit(error)


def _look_into(folder: Path) -> Generator[str, None, tuple[Binned, ...]]:
    rows = yield from kept.listed(folder / kept_files.BIN)
    return tuple(
        Binned(row.path, f"{row.base} against {others_text(row)}", date_text(row.finished_at))
        for row in rows
    )
