"""A store on a real file, and a clock that stands still until it is moved."""

from dataclasses import dataclass

import pytest

from labs.chat.store import ChatStore


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
