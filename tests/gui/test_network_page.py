"""The Network page, the mark in the strip, and the one visible act that opens the door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.crash import CrashLog
from app.network_state import NetworkState
from app.notices import Notice
from app.pages.chat.page import ChatPage
from app.pages.network.connections import NO_FIT, NOTHING
from app.pages.network.page import NetworkPage
from app.pages.network.words import rows_of
from app.pages.page import OPEN_ONCE, Page
from app.pages.settings.page import SettingsPage
from app.paths import Paths
from app.services import Services, open_services
from app.shell.desktop import Desktop
from models.network import Act, Attempt, Gate, Sealed

REFUSED = Attempt(5.0, "httpcore.connect", "socket.getaddrinfo", "pypi.org", False)
ALLOWED = Attempt(9.0, "models.download.fetch", "act", "huggingface.co", True, "Download Qwen3")
HOSTILE = Attempt(7.0, "torch.hub.load", "socket.connect", "192.0.2.1", False, "", "Worker of a")


@pytest.fixture
def gate(context: AppContext) -> Gate:
    return context.services.gate


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> NetworkPage:
    made = NetworkPage(context)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


@pytest.fixture
def desktop(qapp: QApplication, services: Services, qtbot: QtBot) -> Iterator[Desktop]:
    services.settings.change(load_last_model=False, last_page="settings", last_model="sim:echo")
    made = Desktop(qapp, services, CrashLog(services.paths.crashes))
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.opened):
        made.open()
    yield made
    made.close()


def shown(page: NetworkPage) -> list[list[str]]:
    """What stands in the table, row by row."""
    model = page.connections.table.model()
    columns = range(1, model.columnCount())
    return [[model.index(row, column).data() for column in columns]
            for row in range(model.rowCount())]  # fmt: skip


def test_at_first_start_assay_is_sealed_and_the_page_says_that_nothing_asked(
    page: NetworkPage,
) -> None:
    assert page.seal.switch.isChecked()
    assert page.connections.nothing.isVisible() and page.connections.nothing.text() == NOTHING


def test_the_table_says_who_wanted_where_and_why_newest_first(
    page: NetworkPage, gate: Gate, qtbot: QtBot
) -> None:
    for attempt in (REFUSED, REFUSED, HOSTILE, ALLOWED):
        gate.ledger.add(attempt)
    qtbot.waitUntil(lambda: len(shown(page)) == 3)
    nobody = "Nobody had asked for it"
    assert shown(page) == [
        ["Assay's window", "huggingface.co", "Allowed", "Download Qwen3"],
        ["Worker of a, by torch", "192.0.2.1", "Refused", nobody],
        ["Assay's window, by httpcore", "pypi.org", "Refused, 2 times", nobody],
    ]
    hover = page.connections.table.model().index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "torch.hub.load connected (socket.connect)" in hover


def test_filter_copy_and_export_take_what_is_asked_for(
    page: NetworkPage, gate: Gate, qtbot: QtBot, tmp_path: Path
) -> None:
    for attempt in (REFUSED, HOSTILE, ALLOWED):
        gate.ledger.add(attempt)
    qtbot.waitUntil(lambda: len(shown(page)) == 3)
    page.connections.outcome.setCurrentIndex(1)
    assert {row[2] for row in shown(page)} == {"Refused"}
    qtbot.keyClicks(page.connections.filter, "worker")
    qtbot.mouseClick(page.connections.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[1] for line in lines] == ["Who", "Worker of a, by torch"]
    page.connections.table.export(tmp_path / "asked.csv")
    assert (tmp_path / "asked.csv").read_text().count("\n") == 2
    qtbot.keyClicks(page.connections.filter, "xyz")
    assert page.connections.nothing.isVisible() and page.connections.nothing.text() == NO_FIT


def test_the_switch_is_the_setting_on_both_pages(
    page: NetworkPage, context: AppContext, qtbot: QtBot
) -> None:
    settings = SettingsPage(context)
    qtbot.addWidget(settings)
    page.seal.switch.click()
    assert not context.services.settings.current.sealed and not context.services.gate.is_sealed
    settings.findChild(QCheckBox, "sealed").click()
    qtbot.waitUntil(page.seal.switch.isChecked)


def test_what_is_outside_is_named_and_can_be_ended(
    page: NetworkPage, gate: Gate, qtbot: QtBot
) -> None:
    act, ended = Act("Download Qwen3", "huggingface.co"), []
    gate.allow_once(act)
    with gate.act(act.reason, act.host, on_shut=lambda: ended.append(act)):
        qtbot.waitUntil(page.seal.shut_button.isVisible)
        qtbot.mouseClick(page.seal.shut_button, Qt.MouseButton.LeftButton)
    assert ended == [act]
    qtbot.waitUntil(lambda: not page.seal.shut_button.isVisible())
    assert page.focusWidget() is page.seal.switch  # and not the one that serves models


def test_one_click_lets_the_refused_act_out_and_starts_it_again(
    context: AppContext, gate: Gate, qtbot: QtBot
) -> None:
    page, done = Page(context), []
    qtbot.addWidget(page)
    page.show()

    def download() -> None:
        try:
            done.append(gate.permit("Download Qwen3", "huggingface.co"))
        except Sealed as error:
            page.show_error(error, download)

    download()
    assert done == [] and page.error_bar.isVisible()
    button = next(b for b in page.findChildren(QPushButton) if b.text() == OPEN_ONCE)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == ["Download Qwen3"] and not page.error_bar.isVisible()
    assert [attempt.allowed for attempt in gate.ledger.attempts] == [False, True]


def test_a_refusal_is_told_once_and_calmly(desktop: Desktop, qtbot: QtBot) -> None:
    ledger, notices = desktop.context.services.gate.ledger, desktop.window.overlays.notices
    ledger.add(REFUSED)
    qtbot.waitUntil(lambda: bool(notices.cards))
    assert "pypi.org was refused" in notices.texts[0] and not notices.cards[0].notice.stays
    ledger.add(HOSTILE)
    qtbot.waitUntil(lambda: "2 times" in desktop.window.strip.sealed.toolTip())
    assert len(notices.cards) == 1


def test_a_notice_that_was_there_before_leaves_the_question_free(
    desktop: Desktop, qtbot: QtBot
) -> None:
    window = desktop.window
    window.open("chat")
    bar, stack = window.front.error_bar, window.overlays.notices
    desktop.context.notices.show(Notice("Something was said before.", stays=True))
    with qtbot.waitExposed(window):
        QApplication.sendPostedEvents()  # the notice has found its place
    window.front.show_error(Sealed(Act("Download Qwen3", "huggingface.co"), "Open the door."))
    lower_edge = lambda: bar.mapTo(window, bar.rect().bottomLeft()).y()  # noqa: E731
    qtbot.waitUntil(lambda: stack.y() > lower_edge())


def test_the_mark_in_the_strip_says_how_it_stands_and_leads_to_the_page(
    desktop: Desktop, qtbot: QtBot
) -> None:
    mark, settings = desktop.window.strip.sealed, desktop.context.services.settings
    assert mark.text() == "Sealed"
    settings.change(sealed=False)
    qtbot.waitUntil(lambda: mark.text() == "Open")
    qtbot.mouseClick(mark, Qt.MouseButton.LeftButton)
    assert isinstance(desktop.window.front, NetworkPage)


@pytest.mark.parametrize(
    ("state", "is_shut", "words"),
    [
        (NetworkState(True), True, "Nothing has tried to."),
        (NetworkState(True, refused=1), True, "Refused once"),
        (NetworkState(True, refused=3), True, "Refused 3 times"),
        (NetworkState(True, ("Download a",)), False, "Open for: Download a."),
        (NetworkState(False), False, "what you ask for"),
    ],
)
def test_the_state_in_words(state: NetworkState, is_shut: bool, words: str) -> None:
    assert state.is_shut is is_shut and words in state.sentence


def test_tries_between_others_are_not_thrown_together() -> None:
    assert [row.count for row in rows_of([REFUSED, REFUSED, HOSTILE, REFUSED])] == [1, 1, 2]


def test_a_link_of_a_reply_is_on_record_when_the_browser_gets_it(
    context: AppContext, gate: Gate, qtbot: QtBot
) -> None:
    page = ChatPage(context)
    qtbot.addWidget(page)
    page.area.links.opening.emit("https://example.org/more")
    (attempt,) = gate.ledger.attempts
    assert (attempt.host, attempt.allowed) == ("example.org", True)
    assert attempt.reason == "Open a link in the browser"


def test_a_chat_says_where_the_words_go(context: AppContext, qtbot: QtBot) -> None:
    page = ChatPage(context)
    qtbot.addWidget(page)
    said = lambda: " ".join(label.text() for label in page.findChildren(QLabel))  # noqa: E731
    context.current_model.choose("sim:echo")
    assert "nothing leaves this computer" in said()
    context.services.servers.add("lab", "https://192.0.2.1/v1")
    context.current_model.choose("endpoint:lab/tiny")
    assert "What you write goes to 192.0.2.1" in said()


def test_a_last_model_elsewhere_waits_for_a_yes_and_is_not_taken_for_gone(
    qapp: QApplication, paths: Paths, qtbot: QtBot
) -> None:
    with closing(open_services(paths)) as services:
        services.servers.add("lab", "https://192.0.2.1/v1")
        services.settings.change(last_page="settings", last_model="endpoint:lab/tiny")
        desktop = Desktop(qapp, services, CrashLog(services.paths.crashes))
        qtbot.addWidget(desktop.window)
        desktop.open()
        cards = desktop.window.overlays.notices
        qtbot.waitUntil(lambda: bool(cards.cards))
        assert "Sealed" in cards.texts[0] and cards.cards[0].action_button.text() == OPEN_ONCE
        assert desktop.context.current_model.model == "endpoint:lab/tiny"
        desktop.close()
