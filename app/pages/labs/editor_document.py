"""The set on the desk: every change goes through it, can be undone, and is kept as a draft."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.context import AppContext
from app.jobs import Job
from app.pages.labs.editor_files import Opened, drop_draft, write_draft
from labs.experiments.scenarios.sets import ScenarioSet
from models.errors import UserError

DRAFT_AFTER_MS = 700
MOST_STEPS = 200


class SetDocument(QObject):
    """`changed` carries who changed it, so that a field that is typed into is not written anew.

    Changes with the same `key` one after the other are one step of undo.
    """

    changed = Signal(object)
    draft_kept = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, opened: Opened, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._folder: Path = context.services.paths.sets
        self.opened = opened
        self.made: ScenarioSet = opened.made
        self._saved = opened.saved
        self._done: list[ScenarioSet] = []
        self._undone: list[ScenarioSet] = []
        self._key = ""
        self._job: Job | None = None
        self._timer = QTimer(self, singleShot=True, interval=DRAFT_AFTER_MS)
        self._timer.timeout.connect(self._keep)

    @property
    def is_dirty(self) -> bool:
        return self._saved is None or self.made != self._saved

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def change(self, made: ScenarioSet, source: object = None, key: str = "") -> None:
        if made == self.made:
            return
        if not key or key != self._key:
            self._done = [*self._done[-MOST_STEPS:], self.made]
        self._key, self._undone = key, []
        self._show(made, source)

    def undo(self) -> None:
        if self._done:
            self._undone.append(self.made)
            self._step(self._done.pop())

    def redo(self) -> None:
        if self._undone:
            self._done.append(self.made)
            self._step(self._undone.pop())

    def discard(self) -> None:
        """Back to what was saved last; can be undone."""
        if self._saved is not None:
            self.change(self._saved)

    def note_saved(self, opened: Opened, sent: ScenarioSet) -> None:
        """`sent` was saved as `opened`, which may have a higher version; what was typed since
        then waits for the next time."""
        self.opened, self._saved = opened, opened.made
        if self.made == sent:
            self._timer.stop()
            self._show_saved(opened.made)
        else:
            self._timer.start()
            self.changed.emit(self)

    def wait_for_draft(self) -> Callable[[], object]:
        """Nothing more is kept until the next change; what is being kept now can be waited for
        in another thread."""
        self._timer.stop()
        job = self._job
        return (lambda: job.join(5.0)) if job is not None and job.is_running else (lambda: None)

    def keep_soon(self) -> None:
        self._timer.start()

    def keep_now(self) -> None:
        """Write what waits, in this thread: the window may be about to go."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        if self._job is not None and self._job.is_running:
            self._job.join(1.0)
        try:
            _write(self._folder, self.opened.key, self.made, is_dirty=self.is_dirty)
        except UserError as error:
            self.failed.emit(error)

    def _step(self, made: ScenarioSet) -> None:
        self._key = ""
        self._show(made, None)

    def _show(self, made: ScenarioSet, source: object) -> None:
        self.made = made
        self._timer.start()
        self.changed.emit(source)

    def _show_saved(self, made: ScenarioSet) -> None:
        self.made, self._key = made, ""
        self.changed.emit(self)

    def _on_kept(self) -> None:
        self._job = None
        self.draft_kept.emit()

    def _keep(self) -> None:
        folder, key, made, is_dirty = self._folder, self.opened.key, self.made, self.is_dirty
        self._job = job = self._context.jobs.start(
            lambda _: _keeping(folder, key, made, is_dirty=is_dirty)
        )
        job.finished.connect(self._on_kept)
        job.failed.connect(self.failed)


def _keeping(
    folder: Path, key: str, made: ScenarioSet, *, is_dirty: bool
) -> Generator[str, None, None]:
    yield "Keeping what was typed"
    _write(folder, key, made, is_dirty=is_dirty)


def _write(folder: Path, key: str, made: ScenarioSet, *, is_dirty: bool) -> None:
    if is_dirty:
        write_draft(folder, key, made)
    else:
        drop_draft(folder, key)
