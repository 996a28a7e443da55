"""The Servers tab as a user meets it: a real server on loopback, a real gate, real jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.context import AppContext
from app.notices import Notice
from app.pages.labs.requirements import reason_not_to_run
from app.pages.models.page import ModelsPage
from app.pages.models.servers_dialog import ServerDialog
from app.paths import Paths
from app.services import Services
from labs.brittleness.experiment import EXPERIMENT as BRITTLENESS
from models.library.library import Library
from models.library.roots import Root
from models.remote.server import WELL_KNOWN
from models.remote.servers import Servers
from tests.gguf_files import write_gguf
from tests.servers.broken_openai import Behaviour, broken_openai
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_model import ScriptedModel, stored_model
from tests.servers.ollama_server import ECHO, Script, ollama_server

EMBEDDER = ScriptedModel("vectors:latest", listed={"capabilities": ["embedding"]})
CLOUD = ScriptedModel("far:1t-cloud", listed={"remote_host": "https://ollama.com:443"})
NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture
def running() -> Iterator[tuple[str, Script]]:
    script = Script(models=[ECHO, EMBEDDER, CLOUD], running=["echo:latest"])
    with ollama_server(script) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Ollama keeps its models."""
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    return tmp_path / "ollama"


@pytest.fixture
def tokens() -> KeptTokens:
    return KeptTokens()


@pytest.fixture
def services(
    services: Services,
    paths: Paths,
    running: tuple[str, Script],
    store: Path,
    tokens: KeptTokens,
) -> Services:
    environ = {"OLLAMA_HOST": running[0]}
    servers = Servers(paths.servers, environ, tokens, services.gate)
    roots = (Root(store, "Ollama", "ollama"),)
    library = Library(paths.model_index, roots, records_path=paths.model_records, servers=servers)
    return replace(services, servers=servers, library=library)


@pytest.fixture
def page(qtbot: Any, context: AppContext) -> Iterator[ModelsPage]:
    page = ModelsPage(context)
    for widget in (page, *page.header_widgets()):
        qtbot.addWidget(widget)
    page.resize(1200, 700)
    page.open_target("servers")
    page.show()
    qtbot.waitUntil(page.servers.isVisible)
    settle(page, qtbot)
    yield page
    settle(page, qtbot)


def settle(page: ModelsPage, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not page.context.jobs.running)


def table(page: ModelsPage) -> list[tuple[str, str]]:
    """Name and state of every row."""
    model = page.servers.ollama.table.model()
    return [
        (model.index(row, 0).data(), model.index(row, 4).data()) for row in range(model.rowCount())
    ]


def choose(page: ModelsPage, row: int) -> None:
    page.servers.ollama.table.selectRow(row)


def others(page: ModelsPage) -> list[str]:
    """Those that were added; what else listens on this machine is not the tests' affair."""
    found = {server.name for server in WELL_KNOWN}
    names = [row.accessibleName() for row in page.servers.others.rows]
    return [name for name in names if name not in found]


def test_ollama_is_shown_with_what_it_runs_and_where(page: ModelsPage) -> None:
    assert "version 0.12.11" in page.servers.ollama.state.text()
    assert table(page) == [
        ("echo:latest", "In memory, 98.8 MB"),
        ("vectors:latest", "It turns text into vectors"),
        ("far:1t-cloud", "Runs at ollama.com"),
    ]
    assert not page.list.rows.rows  # what servers run is no file of this machine


def test_only_what_can_be_done_is_offered(page: ModelsPage) -> None:
    card, offered = page.servers.ollama, []
    for row in range(3):
        choose(page, row)
        offered.append([b.isEnabled() for b in (card.chat, card.weights, card.unload, card.delete)])
    assert offered == [[True] * 4, [False, True, False, True], [True, False, False, True]]


def test_a_pull_asks_for_the_door_and_then_lists_the_model(page: ModelsPage, qtbot: Any) -> None:
    page.servers.ollama.name.setText("llama3.2:1b")
    page.servers.ollama.pull.click()
    settle(page, qtbot)
    assert "Pull llama3.2:1b with Ollama" in page.error_bar._message.text()
    assert page.servers.ollama.pulls.count() == 0
    page.error_bar._act_button.click()
    settle(page, qtbot)
    assert ("llama3.2:1b", "") in table(page) and not page.error_bar.isVisible()


def test_a_pull_that_fails_can_be_tried_again(
    page: ModelsPage, running: tuple[str, Script], services: Services, qtbot: Any
) -> None:
    services.settings.change(sealed=False)
    running[1].error_after = 1
    page.servers.pulls.start("nonsense")
    settle(page, qtbot)
    row = page.servers.pulls.row("nonsense")
    assert row is not None and "no model “nonsense”" in row.task._words.text()
    running[1].error_after = None
    row.button.click()
    settle(page, qtbot)
    assert ("nonsense:latest", "") in table(page)


def test_a_model_is_deleted_only_after_a_yes(page: ModelsPage, qtbot: Any) -> None:
    choose(page, 0)
    page.servers.ollama.delete.click()
    box = page.servers.findChild(QMessageBox)
    assert box is not None and box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    box.defaultButton().click()
    assert len(table(page)) == 3
    page.servers.ollama.delete.click()
    boxes = page.servers.findChildren(QMessageBox)
    next(b for b in boxes[-1].buttons() if b.text() == "Delete").click()
    settle(page, qtbot)
    assert [name for name, _ in table(page)] == ["vectors:latest", "far:1t-cloud"]


def test_a_model_leaves_the_memory(page: ModelsPage, qtbot: Any) -> None:
    choose(page, 0)
    page.servers.ollama.unload.click()
    settle(page, qtbot)
    assert table(page)[0] == ("echo:latest", "")


def test_a_chat_begins_with_the_model(page: ModelsPage, qtbot: Any) -> None:
    choose(page, 0)
    with qtbot.waitSignal(page.context.navigation.requested) as asked:
        page.servers.ollama.chat.click()
    assert asked.args[0] == "chat" and page.context.current_model.model == "ollama:echo:latest"


def test_without_ollama_the_tab_says_how_to_start_it(
    page: ModelsPage, services: Services, qtbot: Any
) -> None:
    gone = Servers(None, {"OLLAMA_HOST": "127.0.0.1:9"}, KeptTokens(), services.gate)
    page.servers.servers = gone
    page.look()
    settle(page, qtbot)
    card = page.servers.ollama
    assert "does not answer" in card.state.text() and "ollama serve" in card.hint.text()
    assert not card.table.isVisible() and not card.name.isVisible()


def test_a_server_is_tried_out_before_it_is_added(page: ModelsPage, qtbot: Any) -> None:
    page.servers.others.add.click()
    dialog = page.servers.editing.dialog
    assert dialog is not None and not dialog.save.isEnabled()
    dialog.name.setText("Lab")
    dialog.address.setText(NOBODY)
    dialog.test.click()
    settle(page, qtbot)
    assert "does not answer" in dialog.outcome.text() and not dialog.open_button.isVisible()
    dialog.address.setText("https://lab.example/v1")
    dialog.test.click()
    settle(page, qtbot)
    assert "needs lab.example" in dialog.outcome.text() and dialog.open_button.isVisible()
    dialog.save.click()
    settle(page, qtbot)
    assert others(page) == ["Lab"] and page.servers.editing.dialog is None
    state = page.servers.others.rows[0].state.text()  # type: ignore[attr-defined]
    assert "beyond this machine" in state


def fill_dialog(page: ModelsPage, name: str, address: str, token: str = "") -> ServerDialog:
    page.servers.others.add.click()
    dialog = page.servers.editing.dialog
    assert dialog is not None
    for field, text in ((dialog.name, name), (dialog.address, address), (dialog.token, token)):
        field.setText(text)
    return dialog


def test_what_was_found_out_is_not_told_of_other_fields(page: ModelsPage, qtbot: Any) -> None:
    dialog = fill_dialog(page, "Lab", NOBODY)
    dialog.test.click()
    settle(page, qtbot)
    assert dialog.outcome.isVisible()
    dialog.token.setText("secret")
    assert not dialog.outcome.isVisible()


def test_what_is_found_out_too_late_is_not_told_of_other_fields(
    page: ModelsPage, qtbot: Any
) -> None:
    dialog = fill_dialog(page, "Lab", NOBODY)
    dialog.test.click()
    dialog.address.setText("http://127.0.0.1:10/v1")  # before the server has answered
    settle(page, qtbot)
    assert not dialog.outcome.isVisible()


def test_saving_a_server_closes_no_other_window(
    page: ModelsPage, tokens: KeptTokens, qtbot: Any
) -> None:
    """The keyring may ask the user first, and who asks takes time."""
    tokens.unlocked.clear()
    dialog = fill_dialog(page, "Lab", NOBODY, "secret")
    for _ in range(2):
        dialog.save.click()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.cancel.click()
    other = fill_dialog(page, "Other", "http://127.0.0.1:10/v1")
    tokens.unlocked.set()
    settle(page, qtbot)
    assert others(page) == ["Lab"] and other.isVisible() and other.name.text() == "Other"


def test_a_new_server_does_not_take_the_place_of_another(
    page: ModelsPage, services: Services
) -> None:
    services.servers.add("Lab", NOBODY)
    dialog = fill_dialog(page, "Lab ", "http://127.0.0.1:10/v1")
    dialog.save.click()
    assert "called “Lab” already" in dialog.outcome.text()
    assert services.servers.servers()[1].address == NOBODY


def test_a_server_whose_token_cannot_be_kept_is_on_the_list(
    page: ModelsPage, tokens: KeptTokens, qtbot: Any
) -> None:
    tokens.is_missing = True
    fill_dialog(page, "Lab", NOBODY, "secret").save.click()
    settle(page, qtbot)
    assert others(page) == ["Lab"] and page.servers.editing.dialog is None
    assert "no keyring" in page.error_bar._message.text()


def test_a_chat_begins_with_a_model_of_an_added_server(
    page: ModelsPage, services: Services, qtbot: Any
) -> None:
    listed = ({"id": "tiny"}, {"id": "a&b"})
    with broken_openai(Behaviour(listed=listed)) as address:
        services.servers.add("Lab", address)
        page.look()
        settle(page, qtbot)
    chat = next(b for b in page.servers.others.findChildren(QPushButton) if b.text() == "Chat")
    with qtbot.waitSignal(page.context.navigation.requested):
        chat.menu().actions()[1].trigger()
    assert page.context.current_model.model == "endpoint:Lab/a&b"


def test_a_removed_server_can_be_put_back(page: ModelsPage, services: Services, qtbot: Any) -> None:
    notices: list[Notice] = []
    page.context.notices.shown.connect(notices.append)
    page.context.notices.attach_window()
    server = services.servers.add("Lab", NOBODY, "secret")
    page.servers.remove(server)
    settle(page, qtbot)
    assert others(page) == [] and services.servers.servers()[1:] == ()
    assert notices[-1].run is not None
    notices[-1].run()
    settle(page, qtbot)
    connection = services.servers.connection("endpoint:Lab/x")
    assert others(page) == ["Lab"] and connection and connection.token == "secret"


def test_weights_that_cannot_be_read_are_told(page: ModelsPage, qtbot: Any) -> None:
    choose(page, 0)
    page.servers.ollama.weights.click()
    settle(page, qtbot)
    assert "cannot be read here" in page.error_bar._message.text()


def test_a_lab_that_needs_the_lean_is_grey_with_the_reason(page: ModelsPage) -> None:
    needy = replace(BRITTLENESS, needs=("prompt_logits",))
    why = reason_not_to_run(needy, page.machine.library, "ollama:echo:latest")
    assert why.endswith("Ollama tells probabilities of written tokens only, none of the prompt's.")


def test_the_context_of_a_model_is_kept(page: ModelsPage) -> None:
    choose(page, 0)
    page.servers.ollama.context.setValue(8192)
    choose(page, 1)
    assert page.servers.ollama.context.value() == 0
    choose(page, 0)
    assert page.servers.ollama.context.value() == 8192
    entry = page.machine.library.find("ollama:echo:latest")
    assert entry and page.machine.library.load_settings(entry).n_ctx == 8192


def test_a_changed_server_is_asked_with_the_token_that_is_kept(
    page: ModelsPage, services: Services, qtbot: Any
) -> None:
    with broken_openai(Behaviour(token="secret")) as address:
        server = services.servers.add("Lab", NOBODY, "secret")
        page.servers.editing.open(server)
        dialog = page.servers.editing.dialog
        assert dialog is not None and dialog.name.isReadOnly()
        dialog.address.setText(address)
        dialog.test.click()
        settle(page, qtbot)
        assert dialog.outcome.text() == "It answers with tiny."
        dialog.save.click()
        settle(page, qtbot)
        connection = services.servers.connection("endpoint:Lab/tiny")
        assert connection and (connection.address, connection.token) == (address, "secret")
        state = page.servers.others.rows[0].state.text()  # type: ignore[attr-defined]
        assert state == "1 model: tiny"


def test_a_kept_token_is_not_sent_to_another_host(
    page: ModelsPage, services: Services, qtbot: Any
) -> None:
    with broken_openai(Behaviour()) as address:
        page.servers.editing.open(services.servers.add("Lab", NOBODY, "secret"))
        dialog = page.servers.editing.dialog
        assert dialog is not None
        dialog.address.setText(address.replace("127.0.0.1", "localhost"))
        for press in (dialog.test, dialog.save):
            press.click()
            settle(page, qtbot)
            assert "is not sent to localhost. Enter the token again" in dialog.outcome.text()
            assert services.servers.servers()[1].address == NOBODY
        dialog.token.setText("other")
        dialog.save.click()
        settle(page, qtbot)
    connection = services.servers.connection("endpoint:Lab/tiny")
    assert connection and "localhost" in connection.address and connection.token == "other"


def test_a_server_whose_token_cannot_be_read_can_be_removed(
    page: ModelsPage, paths: Paths, services: Services, qtbot: Any
) -> None:
    services.servers.add("Lab", NOBODY, "secret")
    locked = Servers(paths.servers, {}, KeptTokens(is_missing=True), services.gate)
    page.servers.servers = locked
    page.servers.remove(locked.servers()[1])
    settle(page, qtbot)
    assert locked.servers()[1:] == () and not page.error_bar.isVisible()


def test_weights_on_this_disk_can_be_looked_into(
    page: ModelsPage, running: tuple[str, Script], store: Path, tmp_path: Path, qtbot: Any
) -> None:
    running[1].models.insert(0, stored_model(store, write_gguf(tmp_path / "weights.gguf")))
    page.look()
    settle(page, qtbot)
    choose(page, 0)
    page.servers.ollama.weights.click()
    qtbot.waitUntil(lambda: page.inspector.entry is not None and not page.context.jobs.running)
    assert page.tabs.currentIndex() == 0 and page.inspector.entry.name == "stored:latest"
