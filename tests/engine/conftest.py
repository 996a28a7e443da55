"""Engines for the tests: fresh ones where they die, one for the whole session where they live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.cancel import CancelToken
from models.engine.answer_wait import Patience
from models.engine.client import EngineClient
from models.engine.messages import LoadSettings
from models.long_work import result_of


@pytest.fixture
def client() -> Iterator[Callable[..., EngineClient]]:
    """Makes loaded clients with an open context and closes them."""
    made: list[EngineClient] = []

    def make(model: str, n_ctx: int = 2048, **options: Any) -> EngineClient:
        made.append(EngineClient(model, LoadSettings(), **options))
        result_of(made[-1].load(CancelToken()))
        made[-1].open_context("chat", n_ctx)
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def real(starter: Path) -> Iterator[EngineClient]:
    """The starter model in a worker for the whole session."""
    made = EngineClient(str(starter), LoadSettings(), patience=Patience())
    result_of(made.load(CancelToken()))
    made.open_context("chat", 4096)
    yield made
    made.close()
