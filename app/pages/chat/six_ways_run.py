"""Ties the six-ways panel to the work behind it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.jobs import Job
from app.pages.chat.six_ways import ask_six_ways
from app.pages.chat.six_ways_panel import SixWaysPanel
from models.errors import UserError


class SixWaysRun(QObject):
    chat_made = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, panel: SixWaysPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._panel = panel
        self._job: Job | None = None
        panel.asked.connect(self._ask)
        panel.stop_requested.connect(self._stop)

    def _ask(self, question: str, wordings: list[str]) -> None:
        model = self._context.current_model.model
        if not model:
            self._panel.fail("No model is chosen yet. Choose one at the top of the page.")
            return
        services = self._context.services
        job = self._context.jobs.start(
            lambda cancel: ask_six_ways(services, model, question, wordings, cancel)
        )
        self._job = job
        self._panel.begin()
        job.progress.connect(self._panel.take)
        job.finished.connect(self._panel.finish)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        job.ended.connect(self.chat_made)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _on_cancelled(self) -> None:
        self._panel.fail("Stopped by you.")

    def _on_failed(self, error: UserError) -> None:
        self._panel.fail("")
        self.failed.emit(error)
