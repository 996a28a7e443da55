"""What is done with the files of runs: opened from elsewhere, exported, reported, noted on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.labs.hand_in_work import take_in
from app.runs import run_list
from app.runs.run_links import link_runs
from app.widgets.file_dialog import FileDialog
from models.errors import UserError


class RunFiles(QObject):
    """`changed` comes when a row of My runs may have changed; `linked` carries the folders that
    were opened from elsewhere, `taken_in` what was handed in."""

    changed = Signal()
    linked = Signal(object)
    taken_in = Signal(object)
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._home = context.services.paths.runs
        self._view = parent

    def ask_folder(self) -> None:
        dialog = FileDialog(self._view, "Open a run folder")
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self.link([Path(name)]))
        dialog.open()

    def link(self, chosen: Sequence[Path]) -> None:
        """Let the runs in these folders stand in My runs; they stay where they are."""
        home = self._home
        job = self._start(lambda _: link_runs(home, chosen), "Opening run folders")
        job.finished.connect(self.linked)

    def ask_hand_in(self) -> None:
        dialog = FileDialog(self._view, "Open a hand-in")
        dialog.setFileMode(FileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter("Zip archive (*.zip)")
        dialog.filesSelected.connect(lambda names: self.take_in([Path(name) for name in names]))
        dialog.open()

    def take_in(self, chosen: Sequence[Path]) -> None:
        """Of zip files, labs to read, and runs into My runs; folders of runs stand there too."""
        home = self._home
        job = self._start(lambda _: take_in(home, chosen), "Opening what was handed in")
        job.finished.connect(self.taken_in)

    def ask_export(self, path: Path) -> None:
        dialog = FileDialog(self._view, "Export the run")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Zip archive (*.zip)")
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"{path.name}.zip")
        dialog.fileSelected.connect(lambda name: self.export(path, Path(name)))
        dialog.open()

    def export(self, path: Path, target: Path) -> None:
        job = self._start(lambda _: run_list.export_zip(path, target), f"Packing {path.name}")
        job.finished.connect(self._on_exported)

    def open_report(self, path: Path) -> None:
        """In the browser, with what the student has written since."""
        job = self._start(lambda _: run_list.fresh_report(path), "Writing the report")
        job.finished.connect(_open)

    def note(self, path: Path, text: str) -> None:
        try:
            run_list.write_note(path, text)
        except UserError as error:
            self.failed.emit(error)
        self.changed.emit()

    def _on_exported(self, made: Path) -> None:
        self._context.notices.show(
            Notice(
                f"The run is in {made.name}.", str(made), "success", "export",
                "Show in its folder", lambda: _open(made.parent),
            )
        )  # fmt: skip

    def _start(self, work: Any, title: str) -> Job:
        job = self._context.jobs.start(work, title)
        job.failed.connect(self.failed)
        return job


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
