"""Servers for the tests, and the client that other people wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openai
import pytest

from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.library.library import Library
from models.library.roots import Root
from models.long_work import result_of
from models.serving.access import Access
from models.serving.served_models import ServedModels
from models.serving.server import Server

TOKEN = "a-token-of-the-tests"


@dataclass
class House:
    """What a server stands on. `lines` is its log, `bugs` what it ran into."""

    library: Library
    pool: Pool
    sandbox: Sandbox
    lines: list[str] = field(default_factory=list)
    bugs: list[Exception] = field(default_factory=list)

    def serve(self, only: str = "", access: Access | None = None, **options: Any) -> Server:
        entry = self.library.resolve_to_run(only) if only else None
        models = ServedModels(self.library, self.pool, entry)
        server = Server(
            models, self.sandbox, access or Access(TOKEN), port=0, log=self.lines.append,
            on_bug=self.bugs.append, **options,
        )  # fmt: skip
        server.start()
        return server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    library = Library(folder / "index.json", (Root(folder, "Starter", "folder"),))
    made = House(library, Pool(fits=lambda *_: True), Sandbox())
    made.sandbox.start()
    for model in ("sim:echo", "sim:able"):
        result_of(made.pool.lease(model, LoadSettings())).release()
    yield made
    made.pool.close()
    made.sandbox.close()
    assert made.bugs == []


@pytest.fixture(scope="module")
def server(house: House) -> Iterator[Server]:
    """Serves every simulated model."""
    running = house.serve()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def unloads_what_it_loaded(house: House) -> Iterator[None]:
    """Models of the module stay, those of a test leave with it."""
    kept = {status.model for status in house.pool.status()}
    yield
    for status in house.pool.status():
        if status.model not in kept:
            eject(house.pool, status.model)


@pytest.fixture
def client(server: Server) -> Iterator[openai.OpenAI]:
    with client_for(server) as made:
        yield made


@pytest.fixture
def serve(house: House) -> Iterator[Callable[..., Server]]:
    """Makes servers with other rules and stops them."""
    made: list[Server] = []

    def make(**options: Any) -> Server:
        made.append(house.serve(**options))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def eject(pool: Pool, model: str) -> None:
    """Unload it, as soon as the request that uses it has ended."""
    left = threading.Event()
    unsubscribe = pool.subscribe(left.set)
    while True:
        try:
            pool.eject(model)
            break
        except UserError:
            assert left.wait(30)
            left.clear()
    unsubscribe()


def client_for(server: Server, token: str = TOKEN) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.address, api_key=token, max_retries=0, timeout=60)


def say(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]
