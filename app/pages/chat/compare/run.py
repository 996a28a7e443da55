"""Ties the compare panel to the work behind it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.jobs import Job
from app.pages.chat.answer import answer
from app.pages.chat.compare.column import CompareColumn
from app.pages.chat.compare.panel import ComparePanel
from app.pages.chat.compare.work import Asked, Question, prepare
from labs.chat.conversation import Attachment, ChatOptions
from models.errors import UserError
from models.hardware.memory import MemoryFree, free_bytes
from models.network import Sealed

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
        parent: QObject, free: Callable[[], MemoryFree] = free_bytes,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._context, self._panel, self._options = context, panel, options
        self._free = free
        self._asked: Asked | None = None
        self._preparing: Job | None = None
        self._answering: list[Job] = []
        self._queue: list[tuple[CompareColumn, str]] = []  # whose turn comes, with its model
        panel.asked.connect(self._ask)
        panel.stop_requested.connect(self.stop)
        for column in panel.columns:
            column.keep_asked.connect(self._keep)
            column.said.connect(lambda words: context.notices.info(words, key="chat"))

    def stop(self) -> None:
        """Both replies keep what they have; who has not begun does not begin."""
        for column, _ in self._queue:
            column.fail(NOT_BEGUN)
        self._queue.clear()
        for job in (*self._answering, *([self._preparing] if self._preparing else [])):
            job.cancel()

    def _ask(self, text: str, attachments: tuple[Attachment, ...]) -> None:
        left, right = (column.model for column in self._panel.columns)
        if not left or not right or left == right:
            self.failed.emit(
                UserError("Two different models are needed.", "Choose one above each column.")
            )
            return
        question = Question(text, attachments, self._options(), (left, right))
        self._asked = None
        self._panel.begin()
        self._preparing = job = self._context.jobs.start(
            lambda _: prepare(self._context.services, question, self._free), close_on_cancel=True
        )
        job.finished.connect(self._on_prepared)
        job.failed.connect(self.failed)
        job.ended.connect(self._on_preparation_ended)

    def _on_prepared(self, asked: Asked) -> None:
        self._asked = asked
        self._panel.show_question(asked.text, asked.seating.sentence)
        self.chat_made.emit()

    def _on_preparation_ended(self) -> None:
        self._preparing = None
        if self._asked is None:
            self._panel.give_up()
            return
        self._queue = list(zip(self._panel.columns, self._asked.models, strict=True))
        self._answer_next(self._asked)
        if self._asked.seating.together:
            self._answer_next(self._asked)
        for column, _ in self._queue:
            column.wait(ITS_TURN)

    def _answer_next(self, asked: Asked) -> None:
        services = self._context.services
        column, model = self._queue.pop(0)
        job = self._context.jobs.start(
            lambda cancel: answer(services, model, asked.chat_id, asked.message_id, None, cancel)
        )
        self._answering.append(job)
        job.progress.connect(column.take)
        job.finished.connect(column.finish)
        job.failed.connect(lambda error: self._on_failed(column, error))
        job.cancelled.connect(lambda: column.fail(NOT_BEGUN))
        job.ended.connect(lambda: self._on_answered(job, asked))

    def _on_failed(self, column: CompareColumn, error: UserError) -> None:
        column.fail(str(error))
        if isinstance(error, Sealed):
            self.failed.emit(error)  # the page has the button that opens the door

    def _on_answered(self, job: Job, asked: Asked) -> None:
        self._answering.remove(job)
        if self._queue:
            self._answer_next(asked)
        elif not self._answering:
            self._panel.end(AT_ONCE if asked.seating.together else "")
            self.chat_made.emit()

    def _keep(self, message_id: int) -> None:
        column = self.sender()
        if self._asked is not None and isinstance(column, CompareColumn):
            model = self._asked.models[self._panel.columns.index(column)]
            self.kept.emit(self._asked.chat_id, message_id, model)
