"""A person at the chat page of the open window, for tests of the whole of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from pytestqt.qtbot import QtBot

from app.pages.chat.page import ChatPage
from app.shell.desktop import Desktop
from app.widgets.message_view.shown import ShownMessage
from labs.chat.conversation import Message
from models.engine.messages import LoadSettings


class Person:
    def __init__(self, desktop: Desktop, qtbot: QtBot) -> None:
        self.desktop, self.qtbot = desktop, qtbot
        self.page = cast(ChatPage, desktop.window.page("chat"))

    def begin(self, text: str, model: str) -> None:
        """Choose a model, write and send; do not wait."""
        self.desktop.context.current_model.choose(model)
        self.page.area.composer.text.setPlainText(text)
        self.page.area.composer.text.submitted.emit()

    def ask(self, text: str, model: str = "sim:echo") -> Message:
        with self.qtbot.waitSignal(self.page.session.reply_ended):
            self.begin(text, model)
        return self.page.session.branch[-1]

    def ask_in_vain(self, text: str, model: str) -> None:
        """Send what cannot be answered; it is on the screen and on the disk all the same."""
        with self.qtbot.waitSignal(self.page.session.reply_ended):
            self.begin(text, model)
        asked = self.page.session.branch[-1]
        assert (asked.role, asked.text) == ("user", text)

    def options(self, **changes: Any) -> None:
        self.page.session.set_options(replace(self.page.session.options, **changes))

    @property
    def notices(self) -> list[str]:
        return self.desktop.window.overlays.notices.texts

    def wait_for_text(self) -> str:
        self.qtbot.waitUntil(lambda: bool(self.reply_on_screen))
        return self.reply_on_screen

    @property
    def reply_on_screen(self) -> str:
        return "".join(m.text for m in self._last_reply)

    @property
    def busy_words(self) -> str:
        return "".join(m.busy for m in self._last_reply)

    @property
    def _last_reply(self) -> list[ShownMessage]:
        return [m for m in self.page.area.view.messages[-1:] if m.role == "assistant"]

    @property
    def bar(self) -> str:
        bar = self.page.error_bar
        return bar.accessibleDescription() if bar.isVisible() else ""

    def load_with(self, model: str, n_ctx: int) -> None:
        library = self.desktop.context.services.library
        library.save_load_settings(library.resolve(model), LoadSettings(n_ctx=n_ctx))

    def worker(self, model: str) -> int:
        """The process id of a loaded model."""
        pool = self.desktop.context.services.pool
        return pool._residents[model].client.pid or 0
