"""The tab that gets models, against a hub on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.context import AppContext
from app.hub import open_hub
from app.pages.models.get_models import GetModelsTab
from app.pages.models.page import ModelsPage
from app.paths import Paths
from app.services import Services
from models.download.hub import Hub
from models.library.library import Library
from models.library.roots import Root
from tests.gguf_files import Weights, gguf_bytes
from tests.servers.hub import LoopbackHub, running_hub
from tests.servers.kept_tokens import KeptTokens

REPO = "lab/tiny-GGUF"
SMALL = gguf_bytes()
LARGE = gguf_bytes(weights=(Weights(shape=(64, 64 * 400), n_bytes=64 * 64 * 400 // 32 * 34),))
HALF = len(LARGE) // 2


class SlowTokens(KeptTokens):
    """Waits until somebody has entered the password of the keyring."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = threading.Event()

    def write(self, name: str, token: str) -> None:
        assert self.unlocked.wait(10)
        super().write(name, token)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with running_hub() as hub:
        types = ("Q3_K_M", "Q4_0", "Q8_0")
        hub.add(REPO, {"tiny-Q4_K_M.gguf": LARGE, **{f"tiny-{t}.gguf": SMALL for t in types}})
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
        yield hub


@pytest.fixture
def services(services: Services, paths: Paths, tmp_path: Path) -> Services:
    """Its library looks into the cache that downloads go to."""
    root = Root(tmp_path / "hub", "Hugging Face", "hugging_face")
    library = Library(paths.model_index, (root,), records_path=paths.model_records)
    return replace(services, library=library)


@pytest.fixture
def page(qtbot: Any, context: AppContext, server: LoopbackHub) -> ModelsPage:
    page = ModelsPage(context)
    for widget in (page, *page.header_widgets()):
        qtbot.addWidget(widget)
    page.resize(1200, 700)
    page.show()
    page.open_target("get")
    qtbot.waitUntil(lambda: bool(page.get_models.cards.cards))
    return page


@pytest.fixture
def tab(page: ModelsPage) -> GetModelsTab:
    return page.get_models


def look_up(tab: GetModelsTab, qtbot: Any, repository: str = REPO) -> None:
    tab.look_up(repository)
    qtbot.waitUntil(tab.panel.isVisible)


def download(tab: GetModelsTab, quantization: str = "Q4_K_M") -> None:
    tab.panel.rows[f"tiny-{quantization}.gguf"].button.click()


def test_it_begins_with_the_short_list(tab: GetModelsTab) -> None:
    assert tab.cards.isVisible() and not tab.panel.isVisible()
    assert len(tab.cards.cards) >= 5


def test_a_repository_shows_one_choice_a_size_and_all_on_demand(
    tab: GetModelsTab, qtbot: Any
) -> None:
    look_up(tab, qtbot)
    assert list(tab.panel.rows) == ["tiny-Q3_K_M.gguf", "tiny-Q8_0.gguf", "tiny-Q4_K_M.gguf"]
    assert "from the header at the hub" in tab.panel.forecast.text()
    tab.panel.more.click()
    assert len(tab.panel.rows) == 4 and not tab.panel.more.isVisible()


def test_what_names_no_repository_is_told_above(page: ModelsPage, tab: GetModelsTab) -> None:
    tab.look_up("two words")
    assert page.error_bar.isVisible() and tab.cards.isVisible()


def test_a_look_can_be_stopped(
    tab: GetModelsTab, server: LoopbackHub, context: AppContext, qtbot: Any
) -> None:
    server.hold_after = 10
    tab.look_up(REPO)
    assert tab.waiting.isVisible()
    tab.waiting.stop_requested.emit()
    qtbot.waitUntil(tab.cards.isVisible)


def test_a_downloaded_model_is_selected_in_the_list(
    page: ModelsPage, tab: GetModelsTab, qtbot: Any
) -> None:
    look_up(tab, qtbot)
    with qtbot.waitSignal(tab.arrived) as arrived:
        download(tab)
    qtbot.waitUntil(lambda: page.list.current() is not None)
    qtbot.waitUntil(lambda: tab.panel.rows["tiny-Q4_K_M.gguf"].button.text() == "Here already")
    assert page.list.current().path == arrived.args[0]
    tab.downloads.row(tab.panel.offer.default).button.click()
    assert page.tabs.currentIndex() == 0


def test_a_stopped_download_goes_on_where_it_was(
    tab: GetModelsTab, server: LoopbackHub, context: AppContext, qtbot: Any
) -> None:
    look_up(tab, qtbot)
    server.hold_after = HALF
    download(tab)
    (job,) = context.jobs.running
    with qtbot.waitSignal(job.cancelled):
        job.progress.connect(lambda step: job.cancel() if step.done else None)
    row = tab.downloads.row(tab.panel.offer.default)
    qtbot.waitUntil(lambda: row.button.text() == "Go on")
    server.released.set()
    with qtbot.waitSignal(tab.arrived):
        row.button.click()
    assert server.content_requests()[-1].headers["range"].startswith("bytes=")


def test_a_download_that_fails_says_so_on_its_row(
    tab: GetModelsTab, server: LoopbackHub, context: AppContext, qtbot: Any
) -> None:
    server.wrong = {"tiny-Q4_K_M.gguf"}
    look_up(tab, qtbot)
    download(tab)
    (job,) = context.jobs.running
    with qtbot.waitSignal(job.ended):
        pass
    assert "SHA-256 is not the one" in job.sentence
    assert tab.downloads.row(tab.panel.offer.default).button.text() == "Try again"
    assert tab.panel.rows["tiny-Q4_K_M.gguf"].button.isEnabled()


def test_while_sealed_one_visible_act_opens_the_door(
    context: AppContext, server: LoopbackHub, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    tab = GetModelsTab(context, open_hub(context.services))
    qtbot.addWidget(tab)
    tab.show()
    tab.look_up(REPO)
    assert tab.ask.isVisible() and context.services.gate.ledger.attempts == ()
    with qtbot.waitSignal(tab.failed) as failed:
        tab.ask.open_button.click()
    assert "hub.invalid could not be reached" in failed.args[0].message
    assert any(each.allowed for each in context.services.gate.ledger.attempts)
    tab.look_up(REPO)
    assert tab.ask.isVisible()


def test_a_yes_is_for_the_repository_that_was_asked_about(
    context: AppContext, server: LoopbackHub, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    tab = GetModelsTab(context, open_hub(context.services))
    qtbot.addWidget(tab)
    tab.show()
    tab.look_up(REPO)
    tab.paste.setText("lab/another")
    with qtbot.waitSignal(tab.failed):
        tab.ask.open_button.click()
        assert f"Looking up {REPO}" in [job.title for job in context.jobs.running]


def test_a_gated_repository_asks_for_the_token_and_goes_on_with_it(
    context: AppContext, server: LoopbackHub, services: Services, tmp_path: Path, qtbot: Any
) -> None:
    server.repositories[REPO].is_gated = True
    tokens = KeptTokens()
    environment = {"HF_ENDPOINT": server.endpoint}
    hub = Hub(services.gate, tmp_path / "hub", tokens, environment=environment)
    tab = GetModelsTab(context, hub)
    qtbot.addWidget(tab)
    tab.show()
    look_up(tab, qtbot)
    assert "Rough forecasts" in tab.panel.forecast.text()
    download(tab)
    qtbot.waitUntil(tab.token.isVisible)
    tab.token.field.setText("hf_right")
    tab.token.save_button.click()
    qtbot.waitUntil(lambda: not tab.token.isVisible())
    assert list(tokens.kept.values()) == ["hf_right"]
    with qtbot.waitSignal(tab.arrived):
        download(tab)


def test_a_keyring_that_asks_for_its_password_does_not_hold_the_window(
    context: AppContext, services: Services, tmp_path: Path, qtbot: Any
) -> None:
    tokens = SlowTokens()
    tab = GetModelsTab(context, Hub(services.gate, tmp_path, tokens))
    qtbot.addWidget(tab)
    tab.token.saved.emit("hf_right")
    assert not tokens.kept and not tab.token.isEnabled()
    tokens.unlocked.set()
    qtbot.waitUntil(tab.token.isEnabled)
    assert list(tokens.kept.values()) == ["hf_right"]


def test_a_system_without_a_keyring_is_told(
    context: AppContext, services: Services, tmp_path: Path, qtbot: Any
) -> None:
    tab = GetModelsTab(context, Hub(services.gate, tmp_path, KeptTokens(is_missing=True)))
    qtbot.addWidget(tab)
    with qtbot.waitSignal(tab.failed) as failed:
        tab.token.saved.emit("hf_right")
    assert "no keyring" in failed.args[0].message


def test_a_proxy_is_told(context: AppContext, server: LoopbackHub, qtbot: Any) -> None:
    context.services.settings.change(proxy="http://somebody:secret@proxy.example:3128")
    tab = GetModelsTab(context, open_hub(context.services))
    qtbot.addWidget(tab)
    tab.show()
    assert tab.way.text() == "Goes through the proxy proxy.example:3128."
    qtbot.waitUntil(lambda: bool(tab.cards.cards))
