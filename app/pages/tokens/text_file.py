"""Opens a file as the text of a tab."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import JobRunner
from app.pages.tokens.latest_job import LatestJob
from app.pages.tokens.source_text import SourceText
from app.pages.tokens.work import read
from app.widgets.file_dialog import FileDialog
from labs.tokens.reading import Reading


class TextFile(QObject):
    """Of two files the newer one counts, and none over what is written meanwhile. `opened` brings
    the Reading that is shown by then."""

    opened = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: JobRunner, source: SourceText) -> None:
        super().__init__(source)
        self._source, self._name = source, ""
        self._job = LatestJob(jobs, self)
        source.file_asked.connect(self.ask)
        source.changed.connect(self._job.give_up)
        self._job.finished.connect(self._on_read)
        self._job.failed.connect(self.failed)

    def ask(self) -> None:
        dialog = FileDialog(self._source, "Open a text")
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def open(self, path: Path) -> None:
        self._name = path.name
        self._job.start(lambda _token: read(path), f"Reading {path.name}")

    def _on_read(self, reading: Reading) -> None:
        self._source.show_file(self._name, reading.text)
        self._source.show_notes(reading.notes)
        self.opened.emit(reading)
