"""A store on a real file, and a clock that stands still until it is moved."""

from dataclasses import dataclass

import pytest

from labs.chat.store import ChatStore
from labs.chat.turn import reply
from models.cancel import CancelToken
from models.engine.sandbox import Sandbox
from tests.long_work import watch


@dataclass
class Clock:
    """Called for the time; a test moves `now`."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def chat_path(tmp_path):
    return tmp_path / "chats.sqlite"


@pytest.fixture
def store(chat_path, clock):
    opened = ChatStore(chat_path, clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sandbox():
    """One child that renders templates for the whole session."""
    opened = Sandbox()
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def ask(store, sandbox, clock):
    """Ask an engine one question in a new chat; returns the events and the reply."""

    def ask(engine, text="Hello", options=None, cancel=None, **more):
        chat = store.create_chat(options)
        asked = store.add_message(chat.id, None, "user", text)
        return watch(answer(engine, asked, cancel=cancel, **more))

    def answer(engine, asked, cancel=None, **more):
        return reply(
            store, engine, sandbox, asked.chat_id, parent_id=asked.id,
            cancel=cancel or CancelToken(), monotonic=clock, **more,
        )  # fmt: skip

    ask.answer = answer
    return ask
