"""What keys and commands do with the last turn of the chat in front."""

from __future__ import annotations

from collections.abc import Callable

from app.pages.chat.chat_session import ChatSession
from app.pages.page import Command
from app.widgets.message_view.card import Card
from app.widgets.message_view.view import MessageView


class LastTurn:
    def __init__(
        self,
        session: ChatSession,
        view: MessageView,
        toggle_lens: Callable[[int], None],
        show_sent: Callable[[int], None],
        say: Callable[[str], None],
    ) -> None:
        self._session, self._view = session, view
        self._toggle_lens, self._show_sent, self._say = toggle_lens, show_sent, say

    def commands(self) -> list[Command]:
        return [
            Command("Regenerate the last reply", "Ctrl+R", self.regenerate),
            Command("Stop the reply", "", self._session.stop),
            Command("Edit the last message", "", self.edit),
            Command("Copy the last reply", "Ctrl+Shift+C", self.copy),
            Command("Copy the last code block", "Ctrl+Shift+;", self.copy_code),
            Command("Older version of the last reply", "Alt+Left", lambda: self.step(-1)),
            Command("Newer version of the last reply", "Alt+Right", lambda: self.step(1)),
            Command("See where it was unsure", "", self.see_unsure),
            Command("See exactly what was sent", "", self.see_sent),
        ]

    def regenerate(self) -> None:
        branch = self._session.branch
        if branch:
            self._session.regenerate(branch[-1].id)

    def edit(self) -> None:
        message_id = self._session.last_user_message()
        if message_id is not None and not self._session.is_busy:
            self._view.edit(message_id)

    def copy(self) -> None:
        card = self._card()
        if card is not None:
            card.copy_text()

    def copy_code(self) -> None:
        card = self._card()
        if card is None or not card.copy_last_code():
            self._say("The last reply has no code block.")

    def step(self, step: int) -> None:
        self._with_reply(lambda at: self._session.step_version(at, step))

    def see_unsure(self) -> None:
        self._with_reply(self._toggle_lens)

    def see_sent(self) -> None:
        self._with_reply(self._show_sent)

    def _with_reply(self, act: Callable[[int], None]) -> None:
        reply = self._session.last_reply()
        if reply is None:
            self._say("There is no reply yet.")
        else:
            act(reply.id)

    def _card(self) -> Card | None:
        reply = self._session.last_reply()
        return self._view.card(reply.id) if reply is not None else None
