"""A reply under way, with the chat it belongs to and the end of the branch before it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.pages.chat.live_reply import LiveReply


class RunningReply(QObject):
    """Passes the signals of its job on together with the id of the chat."""

    event_came = Signal(int, object)
    finished = Signal(int, object)
    failed = Signal(int, object)
    cancelled = Signal(int)

    def __init__(
        self, job: Job, chat_id: int, live: LiveReply, leaf_before: int | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.job, self.chat_id, self.live = job, chat_id, live
        self.leaf_before = leaf_before
        job.progress.connect(self._on_progress)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)

    def _on_progress(self, event: object) -> None:
        self.event_came.emit(self.chat_id, event)

    def _on_finished(self, message: object) -> None:
        self.finished.emit(self.chat_id, message)

    def _on_failed(self, error: object) -> None:
        self.failed.emit(self.chat_id, error)

    def _on_cancelled(self) -> None:
        self.cancelled.emit(self.chat_id)
