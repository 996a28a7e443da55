"""What a person sees in the whole window when the engine has bad luck: real processes end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from app.services import Services
from models.engine.answer_wait import Patience
from models.engine.client import EngineClient
from models.engine.pool import Pool
from tests.gui.person import Person

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals")
QUICK = Patience(ping_after_s=0.5, silence_limit_s=2.0)


@pytest.fixture
def services(services: Services) -> Iterator[Services]:
    """Services whose engines count as silent sooner."""
    pool = Pool(make_client=partial(EngineClient, patience=QUICK))
    yield replace(services, pool=pool)
    pool.close()


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
@pytest.mark.parametrize(
    ("n_words", "n_ctx", "last"),
    [(200, 200_000, "assistant"), (15_000, 200_000, "assistant"), (15_000, 40_000, "user")],
    ids=["little", "more than a pipe holds", "what has to be counted"],
)
def test_stop_is_true_while_the_worker_hangs(
    person: Person, qtbot: QtBot, n_words: int, n_ctx: int, last: str
) -> None:
    person.load_with("sim:echo", n_ctx=n_ctx)
    person.ask("hello")
    os.kill(person.worker("sim:echo"), signal.SIGSTOP)
    person.begin("word " * n_words, "sim:echo")
    with qtbot.waitSignal(person.page.session.reply_ended, timeout=10_000):
        person.page.area.composer.stop_requested.emit()
    end = person.page.session.branch[-1]
    assert (person.bar, end.role, end.error) == ("", last, "")
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
