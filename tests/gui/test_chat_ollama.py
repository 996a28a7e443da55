"""From the Servers tab to a finished reply, in the whole window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from app.pages.models.page import ModelsPage
from app.paths import Paths
from app.services import Services
from models.engine.pool import Pool
from models.library.library import Library
from models.remote.servers import Servers
from tests.gui.person import Person
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_model import ScriptedModel
from tests.servers.ollama_server import ECHO, Script, ollama_server

CLOUD = ScriptedModel("far:1t-cloud", listed={"remote_host": "https://ollama.com:443"})


@pytest.fixture
def script() -> Iterator[tuple[str, Script]]:
    with ollama_server(Script(models=[ECHO, CLOUD])) as running:
        yield running


@pytest.fixture
def services(services: Services, paths: Paths, script: tuple[str, Script]) -> Iterator[Services]:
    environ = {"OLLAMA_HOST": script[0]}
    servers = Servers(paths.servers, environ, KeptTokens(), services.gate)
    library = Library(paths.model_index, records_path=paths.model_records, servers=servers)
    pool = Pool(connect=servers.connection)
    yield replace(services, servers=servers, library=library, pool=pool)
    pool.close()


def test_a_chat_from_the_servers_tab_ends_in_a_reply(person: Person, qtbot: QtBot) -> None:
    window = person.desktop.window
    window.open("models", "servers")
    models = cast(ModelsPage, window.page("models"))
    card = models.servers.ollama
    qtbot.waitUntil(lambda: bool(card.rows.rows))
    card.chat.click()
    assert person.desktop.context.current_model.model == "ollama:echo:latest"
    reply = person.ask("Repeat: hello there", "ollama:echo:latest")
    assert (reply.text, reply.state) == ("hello there", "complete")
    made = reply.provenance
    assert made and (made.backend, made.manifest_sha256) == ("ollama", ECHO.digest)
    assert not person.bar


def test_stop_comes_through_while_the_server_writes(
    person: Person, script: tuple[str, Script], qtbot: QtBot
) -> None:
    script[1].token_s = 0.02
    person.begin("Talk.", "ollama:echo:latest")
    person.wait_for_text()
    with qtbot.waitSignal(person.page.session.reply_ended):
        person.page.session.stop()
    assert person.page.session.branch[-1].state == "stopped"


def test_a_model_that_runs_elsewhere_asks_for_the_door(person: Person) -> None:
    person.ask_in_vain("hi", "ollama:far:1t-cloud")
    assert "Sealed" in person.bar and "ollama.com" in person.bar


def test_a_count_is_an_estimate_and_goes_with_its_model(person: Person, qtbot: QtBot) -> None:
    context, meter = person.desktop.context, person.page.area.composer.meter
    person.ask("Repeat: hello", "ollama:echo:latest")
    qtbot.waitUntil(lambda: context.activity.context_size == 4096)
    assert meter.words.startswith("About ") and meter.words.endswith(" of 4,096 tokens")
    context.current_model.choose("sim:echo")  # not loaded: nothing is known of its context
    qtbot.waitUntil(lambda: context.activity.context_size is None)


def test_a_server_that_ends_in_the_middle_leaves_its_text(
    person: Person, script: tuple[str, Script]
) -> None:
    script[1].cut_after = 2
    reply = person.ask("Repeat: one two three", "ollama:echo:latest")
    assert (reply.text, reply.state) == ("one two", "failed")
    assert "broke off in the middle" in reply.error
