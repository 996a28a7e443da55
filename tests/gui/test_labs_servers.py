"""The set-up of a lab with models that a server runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs import front as front_module
from app.paths import Paths
from app.services import Services
from models.engine.pool import Pool
from models.library.library import Library
from models.remote.servers import Servers
from tests.gui.labs_bench import labs_user
from tests.gui.labs_page import SMALL, LabsUser
from tests.servers.broken_openai import Behaviour, broken_openai, delta
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_model import ScriptedModel
from tests.servers.ollama_server import Script, ollama_server

CLOUD = ScriptedModel("far:1t-cloud", listed={"remote_host": "https://ollama.com:443"})


@pytest.fixture
def services(services: Services, paths: Paths) -> Iterator[Services]:
    with ollama_server(Script(models=[CLOUD])) as (address, _script):
        servers = Servers(paths.servers, {"OLLAMA_HOST": address}, KeptTokens(), services.gate)
        library = Library(paths.model_index, records_path=paths.model_records, servers=servers)
        pool = Pool(connect=servers.connection)
        yield replace(services, servers=servers, library=library, pool=pool)
        pool.close()


@pytest.fixture
def user(context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabsUser]:
    monkeypatch.setattr(front_module.LabsFront.__init__, "__defaults__", ((SMALL,),))
    yield from labs_user(context, qtbot)


def test_a_model_that_runs_elsewhere_is_let_out_with_one_click(user: LabsUser) -> None:
    setup = user.set_up("ollama:far:1t-cloud")
    card = setup.size_card
    assert "needs ollama.com" in card.state.text() and not card.start_button.isVisible()
    card.open_button.click()
    user.until(lambda: setup.sized is not None)
    assert card.start_button.isEnabled() and not card.open_button.isVisible()


def test_tokens_that_a_server_does_not_count_are_not_told(
    user: LabsUser, services: Services
) -> None:
    says_yes = Behaviour(stream=(delta("YES"), delta(finish="stop"), "data: [DONE]\n\n"))
    with broken_openai(says_yes) as address:
        services.servers.add("lab", address)
        detail = user.set_up("endpoint:lab/tiny").size_card.detail.text()
    assert "to write" in detail and "to read" not in detail
