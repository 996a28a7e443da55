"""The bin of kept results: put away with undo, looked into, taken out again, deleted for good."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.jobs import JobRunner
from app.notices import Notice, Notices
from app.widgets.bin_window import Binned, BinWindow
from labs import kept_files
from models.errors import UserError

Look = Callable[[Path], Generator[str, None, tuple[Binned, ...]]]


class Files(Protocol):
    """What counts as kept in a bin, and how it is deleted; `labs.kept_files` has it for files."""

    def binned(self, folder: Path, /) -> tuple[Path, ...]: ...
    def empty_bin(self, folder: Path, /) -> Generator[str, None, None]: ...


class KeptBin(QObject):
    """`changed` comes whenever something has moved or is gone. `name` is what one is called, such
    as "comparison"; `look` reads a folder of them."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        jobs: JobRunner,
        notices: Notices,
        parent: QWidget,
        folder: Path,
        name: str,
        look: Look,
        files: Files = kept_files,
    ) -> None:
        super().__init__(parent)
        self._files = files
        self._jobs, self._notices, self._parent = jobs, notices, parent
        self._folder, self._name, self._look_into = folder, name, look
        self._window: BinWindow | None = None
        self.changed.connect(self._look)

    @property
    def count(self) -> int:
        """0 where it cannot be looked into."""
        try:
            return len(self._files.binned(self._folder))
        except UserError:
            return 0

    def put(self, *paths: Path) -> None:
        """Out of sight, with a notice that takes back what has moved."""
        away: list[Path] = []
        self._try(lambda: away.extend(map(kept_files.to_bin, paths)))
        self.changed.emit()
        if away:
            told = f"The {self._name} is" if len(away) == 1 else f"{len(away)} {self._name}s are"
            self._notices.show(
                Notice(f"{told} in the bin.", key=f"{self._name}-{away[0].name}", action="Undo",
                       run=lambda: self.take_out(*away))
            )  # fmt: skip

    def take_out(self, *away: Path) -> None:
        self._try(lambda: [kept_files.from_bin(path) for path in away])
        self.changed.emit()

    def open(self) -> BinWindow:
        if self._window is not None:
            self._window.raise_()
            return self._window
        self._window = window = BinWindow(self._parent.window(), f"{self._name.capitalize()}s")
        window.restore_requested.connect(self.take_out)
        window.empty_requested.connect(self._empty)
        window.destroyed.connect(self._on_closed)
        self._look()
        window.show()
        return window

    def _look(self) -> None:
        if self._window is not None:
            bin_folder = self._folder / kept_files.BIN
            job = self._jobs.start(lambda _: self._look_into(bin_folder))
            job.finished.connect(self._window.show_binned)
            job.failed.connect(self.failed)

    def _empty(self) -> None:
        job = self._jobs.start(
            lambda _: self._files.empty_bin(self._folder), f"Deleting {self._name}s"
        )
        job.failed.connect(self.failed)
        job.ended.connect(self.changed)

    def _on_closed(self) -> None:
        self._window = None

    def _try(self, action: Callable[[], object]) -> bool:
        """Whether it went well."""
        try:
            action()
        except UserError as error:
            self.failed.emit(error)
            return False
        return True
