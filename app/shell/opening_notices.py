"""What is said without being asked: files that could not be used, a connection refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from app.context import AppContext
from app.notices import Notice
from app.pages.page import OPEN_ONCE
from app.services import replace_damaged_chats
from labs.chat.database import ChatsDamagedError
from models.errors import UserError
from models.network import Attempt, Sealed


def tell_of_problems(context: AppContext) -> None:
    """Settings that were put back, and a chat file that cannot be used."""
    if problems := context.services.settings.problems:
        words = "Some settings were put back to their defaults."
        notice = Notice(words, "\n".join(problems), "warning", "settings", stays=True)
        context.notices.show(notice)
    for error in context.services.problems:
        if isinstance(error, ChatsDamagedError):
            _offer_new_chats(context, error)
        else:
            context.notices.error(error)


def tell_of_refusal(context: AppContext, attempt: Attempt) -> None:
    """Something wanted out that nobody had asked for; the Network page knows more."""
    if context.services.settings.current.last_page == "network":
        return  # it stands before the user's eyes
    words = f"A connection to {attempt.host} was refused. Nothing was sent."
    show = partial(context.navigation.open, "network")
    context.notices.show(Notice(words, "", "info", "network", "Show who asked", show))


def tell_of_failure(
    context: AppContext, error: UserError, key: str, again: Callable[[], object]
) -> None:
    """A notice that stays; where only the seal stood in the way, it lets the act out."""
    if not isinstance(error, Sealed):
        context.notices.error(error, key=key)
        return

    def open_once() -> None:
        context.services.gate.allow_once(error.act)
        again()

    context.notices.show(
        Notice(error.message, error.hint, "info", key, OPEN_ONCE, open_once, stays=True)
    )


def _offer_new_chats(context: AppContext, error: ChatsDamagedError) -> None:
    context.notices.show(
        Notice(
            error.message,
            error.hint,
            "error",
            "chats",
            "Set it aside and start a new one",
            lambda: _start_new_chats(context),
            stays=True,
        )
    )


def _start_new_chats(context: AppContext) -> None:
    try:
        kept = replace_damaged_chats(context.services, datetime.now())
    except UserError as error:
        context.notices.error(error, key="chats")
        return
    words = "Chats are saved again, those of this run too."
    context.notices.show(
        Notice(words, f"The damaged file is kept: {kept}", "success", "chats", stays=True)
    )
