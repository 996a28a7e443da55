"""Counts what the next message would send, whenever the draft has settled."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.context import AppContext
from app.jobs import Job
from app.pages.chat.answer import is_loaded, plan_draft
from app.widgets.context_meter import ContextMeter
from labs.chat.budget import Plan, estimate_tokens
from labs.chat.conversation import Attachment, ChatOptions, Message
from models.errors import UserError

Draft = tuple[str, tuple[Attachment, ...]]


class DraftMeter(QObject):
    """Counts with the model where it is loaded, and never loads one only to count."""

    def __init__(self, context: AppContext, meter: ContextMeter, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._meter = meter
        self._job: Job | None = None

    def count(self, branch: tuple[Message, ...], draft: Draft, options: ChatOptions) -> None:
        """Start counting; a count still running is given up."""
        self._give_up()
        model = self._context.current_model.model
        path = with_draft(branch, draft)
        if not path or not model:
            self._show_nothing()
            return
        services = self._context.services
        if not is_loaded(services, model):
            self._estimate(path)
            return
        job = self._context.jobs.start(
            lambda cancel: plan_draft(services, model, path, options, cancel)
        )
        self._job = job
        job.finished.connect(self._on_counted)
        job.failed.connect(self._on_failed)

    def _give_up(self) -> None:
        if self._job is not None:
            self._job.finished.disconnect(self._on_counted)
            self._job.failed.disconnect(self._on_failed)
            self._job.cancel()
            self._job = None

    def _on_failed(self, _error: UserError) -> None:
        self._job = None
        self._show_nothing()

    def _show_nothing(self) -> None:
        self._meter.clear()
        self._context.activity.show_context(None, None)

    def _estimate(self, path: tuple[Message, ...]) -> None:
        texts = [m.text + "".join(a.text for a in m.attachments) for m in path]
        tokens = sum(map(estimate_tokens, texts))
        self._meter.show_fill(
            0,
            0,
            f"About {tokens:,} {'token' if tokens == 1 else 'tokens'}",
            "Counted exactly once the model is loaded",
        )
        self._context.activity.show_context(None, None)  # what is known is of another model

    def _on_counted(self, outcome: object) -> None:
        self._job = None
        if isinstance(outcome, UserError):
            self._meter.show_fill(1, 1, "Does not fit", str(outcome), warns=True)
            self._context.activity.show_context(None, None)
        elif isinstance(outcome, Plan):
            self._show_plan(outcome)

    def _show_plan(self, plan: Plan) -> None:
        left_out = len(plan.dropped)
        note = ""
        if left_out:
            messages = "message" if left_out == 1 else "messages"
            note = f"{left_out} earlier {messages} will not be sent"
        elif plan.shortened:
            note = "Will be shortened to fit"
        warns = bool(note)
        tip = f"{plan.reserve_tokens:,} more are kept for the reply" if plan.reserve_tokens else ""
        if plan.is_estimate:
            note = note or f"About {plan.prompt_tokens:,} of {plan.n_ctx:,} tokens"
            tip = f"{tip or 'An estimate'}. The tokenizer of the server is not known here."
        self._meter.show_fill(plan.prompt_tokens, plan.n_ctx, note, tip, warns=warns)
        self._context.activity.show_context(plan.prompt_tokens, plan.n_ctx)


def with_draft(branch: tuple[Message, ...], draft: Draft) -> tuple[Message, ...]:
    """The branch as it would be if the draft were sent."""
    text, attachments = draft
    if not text.strip() and not attachments:
        return branch
    parent_id = branch[-1].id if branch else None
    return (*branch, Message(0, 0, parent_id, "user", text, 0.0, attachments=attachments))
