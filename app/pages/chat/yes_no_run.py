"""Offers to ask a yes/no question six ways, and ties the strip of answers to the work behind it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.jobs import Job
from app.pages.chat.attempt import Attempt
from app.pages.chat.chat_session import ChatSession
from app.pages.chat.conversation_area import ConversationArea
from app.pages.chat.live_reply import waiting_words
from app.pages.chat.six_ways import keep_as_chat
from app.services import Services
from labs.experiments.six_ways.six_answers import WordingAnswer
from labs.experiments.six_ways.yes_no import is_yes_no_question
from models.cancel import CancelToken
from models.engine.pool import Waiting
from models.errors import UserError

WORDS = "Ask it six ways"
ONLY_YES_NO = "This is for yes/no questions. Others can be asked with “Ask one question six ways”."


def ask_six_ways(
    services: Services, model: str, question: str, system: str, cancel: CancelToken
) -> Generator[Any, None, None]:
    """Yields Progress, Waiting, Asking and a WordingAnswer each; nothing is saved."""
    from labs.experiments.six_ways.six_ways import SixWaysQuestion, six_ways  # stands on numpy

    asked = SixWaysQuestion(question, system)
    yield from six_ways(
        services.library, services.pool, services.sandbox, model, asked, datetime.now(), cancel
    )


class YesNoRun(QObject):
    """Knows the page's parts; the chat in front is not touched."""

    failed = Signal(object)
    said = Signal(str)
    kept = Signal()
    open_requested = Signal(int)

    def __init__(
        self, context: AppContext, session: ChatSession, area: ConversationArea, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context, self._session = context, session
        self._composer, self._strip = area.composer, area.yes_no
        self._attempt = Attempt(self.failed.emit)
        self._job: Job | None = None
        self._question, self._model, self._chat_id = "", "", 0
        self._composer.draft_settled.connect(self._offer)
        self._composer.offer_taken.connect(self.ask_here)
        self._strip.stop_requested.connect(self._stop)
        self._strip.closed.connect(self.close)
        self._strip.keep_requested.connect(self._keep)
        self._strip.open_requested.connect(lambda: self.open_requested.emit(self._chat_id))
        self._strip.run_requested.connect(
            lambda: context.navigation.open("labs", f"lab:scenario-design:{self._question}")
        )

    # ---- what to ask -----------------------------------------------------------------------

    def ask_here(self) -> None:
        """Ask what is being written, or else what was sent last."""
        text, attachments = self._composer.draft
        if text.strip() or attachments:
            self._ask_if_yes_no(text, bool(attachments))
        else:
            message_id = self._session.last_user_message()
            if message_id is None:
                self.said.emit("Write a yes/no question first.")
            else:
                self.ask_message(message_id)

    def ask_message(self, message_id: int) -> None:
        message = next(m for m in self._session.branch if m.id == message_id)
        self._ask_if_yes_no(message.text, bool(message.attachments))

    def _ask_if_yes_no(self, text: str, has_files: bool) -> None:
        if has_files or not is_yes_no_question(text):
            self.said.emit(ONLY_YES_NO)
        else:
            self._ask(text)

    def _offer(self) -> None:
        text, attachments = self._composer.draft
        self._composer.offer(WORDS if not attachments and is_yes_no_question(text) else "")

    # ---- asking ----------------------------------------------------------------------------

    def _ask(self, question: str) -> None:
        model = self._context.current_model.model
        if not model:
            self.failed.emit(
                UserError("No model is chosen yet.", "Choose one at the top of the page.")
            )
            return
        self._let_go()
        self._question, self._model = question, model
        services, system = self._context.services, self._session.options.system_prompt
        job = self._context.jobs.start(
            lambda cancel: ask_six_ways(services, model, question, system, cancel)
        )
        self._job = job
        self._strip.begin(question)
        self._composer.offer("")  # until something else is written
        if self._session.is_busy:
            self._strip.say("The reply comes first, then the six wordings.")
        job.progress.connect(self._take)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)

    def close(self) -> None:
        self._let_go()
        if not self._strip.isHidden():
            self._strip.hide()
            self._offer()
            self._composer.focus_text()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _let_go(self) -> None:
        """What is still under way for another question is stopped, and nobody listens to it."""
        job, self._job = self._job, None
        if job is not None:
            job.progress.disconnect(self._take)
            job.finished.disconnect(self._on_finished)
            job.failed.disconnect(self._on_failed)
            job.cancelled.disconnect(self._on_cancelled)
            job.cancel()

    def _take(self, event: object) -> None:
        if isinstance(event, Waiting):
            self._strip.say(waiting_words(event))
        elif isinstance(event, WordingAnswer):
            self._strip.take(event)

    def _on_finished(self, _none: object) -> None:
        self._job = None
        self._strip.finish()

    def _on_cancelled(self) -> None:
        self._job = None
        self._strip.finish(stopped=True)

    def _on_failed(self, error: UserError) -> None:
        self._job = None
        self._strip.fail()
        self.failed.emit(error)

    # ---- keeping ---------------------------------------------------------------------------

    def _keep(self) -> None:
        store, answers = self._context.services.chats, self._strip.answers
        made = self._attempt(
            lambda: keep_as_chat(
                store, self._model, self._question, [answers[n] for n in sorted(answers)]
            )
        )
        if made is not None:
            self._chat_id = made
            self._strip.show_kept()
            self.kept.emit()
