"""What can be done with models, each as a job or a quick step with its undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.pages.models import work
from models.convert.convert import Wish
from models.engine.messages import LoadSettings
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.identity import HashProgress


class ModelActions(QObject):
    """`list_changed` carries the id of a model to select, or ""; hash signals carry the id of
    the model they belong to."""

    failed = Signal(object)
    list_changed = Signal(str)
    loaded = Signal(object)
    hash_progressed = Signal(str, object)
    hashed = Signal(str, str)
    hash_stopped = Signal(str)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._library, self._pool = context.services.library, context.services.pool
        self._hashing: dict[str, Job] = {}

    def add(self, paths: Sequence[Path]) -> None:
        """Link these files and folders in place."""
        job = self._start(lambda _token: work.add(self._library, paths), "Adding models")
        job.finished.connect(self._on_added)

    def load(self, entry: ModelEntry, settings: LoadSettings) -> Job:
        job = self._start(
            lambda token: work.load(self._library, self._pool, entry, settings, token),
            f"Loading {entry.name}",
            lambda _loaded: f"{entry.name} is loaded.",
        )
        job.finished.connect(self.loaded)
        return job

    def eject(self, entry: ModelEntry) -> None:
        self._start(lambda _token: work.eject(self._pool, entry))

    def remove(self, entry: ModelEntry) -> None:
        """Off the list at once; the notice has the way back."""
        if self._try(lambda: self._library.remove(entry)):
            self.list_changed.emit("")
            self._offer_undo(
                f"{entry.name} is off the list.",
                "Its file stays where it is.",
                lambda: self._restore(entry),
            )

    def move_to_bin(self, entry: ModelEntry) -> None:
        job = self._start(
            lambda _token: work.move_to_bin(self._library, self._pool, entry),
            f"Moving {entry.name} to the bin",
        )
        job.finished.connect(lambda _none: self._on_moved_to_bin(entry))

    def convert(self, wish: Wish) -> None:
        job = self._start(
            lambda token: work.make_mlx_folder(self._library, wish, token),
            f"Making {wish.folder.name}",
            lambda _made: f"{wish.folder.name} is made.",
        )
        job.finished.connect(self._on_made)

    def hash(self, entry: ModelEntry) -> None:
        """Compute the SHA-256 in the background, once at a time for each model."""
        if entry.id in self._hashing:
            return
        job = self._context.jobs.start(
            lambda _token: self._library.sha256(entry),
            f"SHA-256 of {entry.name}",
            close_on_cancel=True,
            summary=lambda value: f"{entry.name}: {value[:12]}…",
        )
        self._hashing[entry.id] = job
        job.progress.connect(lambda step: self._on_hash_progress(entry.id, step))
        job.finished.connect(lambda value: self.hashed.emit(entry.id, value))
        job.failed.connect(self.failed)
        job.ended.connect(lambda: self._on_hash_ended(entry.id))

    def save_settings(self, entry: ModelEntry, settings: LoadSettings) -> None:
        self._try(lambda: self._library.save_load_settings(entry, settings))

    # ---- inside ----------------------------------------------------------------------------

    def _start(
        self, steps: Callable, title: str = "", summary: Callable[[object], str] | None = None
    ) -> Job:
        job = self._context.jobs.start(steps, title, summary=summary)
        job.failed.connect(self.failed)
        return job

    def _on_added(self, entries: tuple[ModelEntry, ...]) -> None:
        self.list_changed.emit(entries[0].id if entries else "")
        names = entries[0].name if len(entries) == 1 else f"{len(entries)} models"
        self._offer_undo(
            f"Added {names}.", "The files stay where they are.", lambda: self._take_off(entries)
        )

    def _on_made(self, entry: ModelEntry) -> None:
        self.list_changed.emit(entry.id)
        self._context.notices.info(f"{entry.name} is made.", f"It is in {entry.path}")

    def _on_moved_to_bin(self, entry: ModelEntry) -> None:
        self.list_changed.emit("")
        self._context.notices.info(
            f"{entry.name} is in the bin.", "Put it back from the bin of your system."
        )

    def _on_hash_progress(self, model_id: str, step: HashProgress) -> None:
        self.hash_progressed.emit(model_id, step)

    def _on_hash_ended(self, model_id: str) -> None:
        if self._hashing.pop(model_id).state != "finished":
            self.hash_stopped.emit(model_id)

    def _restore(self, entry: ModelEntry) -> None:
        if self._try(lambda: self._library.restore(entry)):
            self.list_changed.emit(entry.id)

    def _take_off(self, entries: Sequence[ModelEntry]) -> None:
        def remove_all() -> None:
            for entry in entries:
                self._library.remove(entry)

        self._try(remove_all)
        self.list_changed.emit("")

    def _offer_undo(self, text: str, hint: str, undo: Callable[[], None]) -> None:
        self._context.notices.show(Notice(text, hint, "info", "models changed", "Undo", undo))

    def _try(self, action: Callable[[], None]) -> bool:
        """Run a quick step; its UserError arrives at `failed`."""
        try:
            action()
        except UserError as error:
            self.failed.emit(error)
            return False
        return True
