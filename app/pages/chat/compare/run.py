"""Ties the compare panel to the work behind it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.jobs import Job, Work
from app.pages.chat.answer import answer
from app.pages.chat.compare.column import CompareColumn
from app.pages.chat.compare.panel import ComparePanel
from app.pages.chat.compare.work import Asked, Question, prepare
from labs.chat.conversation import Attachment, ChatOptions
from models.errors import UserError

ITS_TURN = "Waiting for the first model to finish…"
AT_ONCE = "They wrote at the same time: alone each is faster."
NOT_BEGUN = "Stopped by you before it began."


class CompareRun(QObject):
    """One comparison at a time. `options` gives what both are asked with."""

    chat_made = Signal()
    failed = Signal(object)
    kept = Signal(int, int, str)  # chat, message, model

    def __init__(
        self, context: AppContext, panel: ComparePanel, options: Callable[[], ChatOptions],
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._context, self._panel, self._options = context, panel, options
        self._asked: Asked | None = None
        self._jobs: list[Job] = []
        panel.asked.connect(self._ask)
        panel.stop_requested.connect(self.stop)
        for column in panel.columns:
            column.keep_asked.connect(self._keep)
            column.said.connect(lambda words: context.notices.info(words, key="chat"))

    def stop(self) -> None:
        """Both replies keep what they have; who has not begun does not begin."""
        for column in self._queue:
            column.fail(NOT_BEGUN)
        self._queue.clear()
        for job in tuple(self._jobs):
            job.cancel()

    def _ask(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        left, right = (column.model for column in self._panel.columns)
        if not left or not right or left == right:
            self.failed.emit(
                UserError("Two different models are needed.", "Choose one above each column.")
            )
            return
        question = Question(text, attachments, self._options(), (left, right))
        self._panel.begin()
        job = self._start(lambda _: prepare(self._context.services, question))
        job.finished.connect(self._on_prepared)
        job.failed.connect(self.failed)

    def _on_prepared(self, asked: Asked) -> None:
        self._asked = asked
        self._panel.show_question(asked.text, asked.seating.sentence)
        self.chat_made.emit()
        self._queue = list(self._panel.columns)
        self._answer_next()
        if asked.seating.together:
            self._answer_next()
        for column in self._queue:
            column.wait(ITS_TURN)

    def _answer_next(self) -> None:
        asked, services = self._asked, self._context.services
        assert asked is not None
        column = self._queue.pop(0)
        model = column.model
        job = self._start(
            lambda cancel: answer(services, model, asked.chat_id, asked.message_id, None, cancel)
        )
        job.progress.connect(column.take)
        job.finished.connect(column.finish)
        job.failed.connect(lambda error: column.fail(str(error)))
        job.cancelled.connect(lambda: column.fail(NOT_BEGUN))

    def _start(self, work: Work) -> Job:
        job = self._context.jobs.start(work)
        self._jobs.append(job)
        job.ended.connect(lambda: self._on_ended(job))
        return job

    def _on_ended(self, job: Job) -> None:
        self._jobs.remove(job)
        if self._queue:
            self._answer_next()
        elif not self._jobs:
            together = self._asked is not None and self._asked.seating.together
            self._panel.end(AT_ONCE if together else "")
            self.chat_made.emit()

    def _keep(self, message_id: int) -> None:
        column = self.sender()
        if self._asked is not None and isinstance(column, CompareColumn):
            self.kept.emit(self._asked.chat_id, message_id, column.model)
