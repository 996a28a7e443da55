"""What a person sees in the whole window when the engine has bad luck: real processes end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.crash import CrashLog
from app.pages.chat.page import ChatPage
from app.services import Services
from app.shell.desktop import Desktop
from labs.chat.conversation import Message
from models.engine.client import EngineClient, Patience
from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.network import Door

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals")


class Person:
    """Sits at the chat page of the open window."""

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

    def wait_for_text(self) -> str:
        self.qtbot.waitUntil(lambda: bool(self.reply_on_screen))
        return self.reply_on_screen

    @property
    def reply_on_screen(self) -> str:
        last = self.page.area.view.messages[-1]
        return last.text if last.role == "assistant" else ""

    @property
    def busy_words(self) -> str:
        return self.page.area.view.messages[-1].busy

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


QUICK = Patience(ping_after_s=0.5, silence_limit_s=2.0)


@pytest.fixture
def person(qapp: QApplication, services: Services, qtbot: QtBot) -> Iterator[Person]:
    services.pool.close()
    services = replace(services, pool=Pool(make_client=partial(EngineClient, patience=QUICK)))
    services.settings.change(load_last_model=False, last_page="chat")
    desktop = Desktop(qapp, services, CrashLog(services.paths.crashes), Door())
    qtbot.addWidget(desktop.window)
    with qtbot.waitSignal(desktop.opened):
        desktop.open()
    yield Person(desktop, qtbot)
    desktop.close()
    services.pool.close()


@posix
@pytest.mark.parametrize(
    ("model", "moment"),
    [
        ("sim:slow?load_ms=30000", "Loading the model"),
        ("sim:slow?prompt_ms=2", "Reading the prompt: 512"),
        ("sim:slow", ""),
    ],
    ids=["load", "prompt", "stream"],
)
def test_a_killed_worker_is_a_sentence_and_the_next_message_works(
    person: Person, qtbot: QtBot, model: str, moment: str
) -> None:
    person.begin("word " * 700, model)
    qtbot.waitUntil(lambda: moment in person.busy_words if moment else bool(person.reply_on_screen))
    said = person.reply_on_screen
    with qtbot.waitSignal(person.page.session.reply_ended):
        os.kill(person.worker(model), signal.SIGKILL)
    assert "ended from outside" in person.bar and "Close other programs" in person.bar
    assert person.reply_on_screen.startswith(said)
    assert person.ask("and now?").text.endswith("and now?")
    assert person.bar == ""


@posix
@pytest.mark.parametrize("n_words", [200, 15_000], ids=["little", "more than a pipe holds"])
def test_stop_is_true_while_the_worker_hangs(person: Person, qtbot: QtBot, n_words: int) -> None:
    person.load_with("sim:echo", n_ctx=200_000)
    person.ask("hello")
    os.kill(person.worker("sim:echo"), signal.SIGSTOP)
    person.begin("word " * n_words, "sim:echo")
    with qtbot.waitSignal(person.page.session.reply_ended, timeout=10_000):
        person.page.area.composer.stop_requested.emit()
    assert person.bar == "" and person.page.session.branch[-1].role == "user"
    person.page.new_chat()
    assert person.ask("and now?").text == "and now?"


@posix
def test_a_worker_that_goes_silent_is_ended_and_its_text_is_kept(
    person: Person, qtbot: QtBot
) -> None:
    person.begin("go", "sim:slow")
    said = person.wait_for_text()
    with qtbot.waitSignal(person.page.session.reply_ended):
        os.kill(person.worker("sim:slow"), signal.SIGSTOP)
    assert "stopped answering" in person.bar and "Send again" in person.bar
    assert person.page.session.branch[-1].text.startswith(said)
    assert person.ask("and now?").text == "and now?"


@pytest.mark.parametrize("model", ["sim:garbage", "sim:hostile", "sim:unicode"])
def test_odd_output_is_a_reply_like_any_other(person: Person, model: str) -> None:
    assert person.ask("go", model).state == "complete"
    assert person.bar == ""
