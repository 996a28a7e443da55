"""The whole window over a real pool with simulated models."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QPoint, Qt, QUrl
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.crash import CrashLog
from app.notices import Notice
from app.pages.chat.page import ChatPage
from app.pages.settings.page import SettingsPage
from app.paths import Paths
from app.services import Services, open_services
from app.setup_status import SetupStatus
from app.shell.desktop import Desktop
from app.shell.pages import PAGES, LatePage, PageEntry
from app.widgets.report_window import ReportWindow
from labs.chat.store import ChatStore
from models.errors import UserError
from tests.gguf_files import write_gguf
from tests.gui.conftest import end_jobs
from tests.gui.dropping import drop
from tests.gui.labs_page import plan_small
from tests.models.test_drafts import ended_pid

Open = Callable[..., Desktop]
LABS = next(entry for entry in PAGES if entry.id == "labs")
SETTINGS = PageEntry("settings", "Settings", "gear-six", 2, SettingsPage)


@pytest.fixture
def open_desktop(qapp: QApplication, services: Services, qtbot: QtBot) -> Iterator[Open]:
    """Opens the window on the settings page; `settings` are changed before."""
    opened: list[Desktop] = []

    def open_it(
        pages: tuple[PageEntry, ...] = (SETTINGS,),
        setup_status: Path | None = None,
        last_crash: Path | None = None,
        **settings: object,
    ) -> Desktop:
        services.settings.change(**{"last_model": "sim:echo", **settings})
        log = CrashLog(services.paths.crashes)
        desktop = Desktop(qapp, services, log, setup_status, pages)
        jobs = desktop.context.jobs
        qtbot.addWidget(desktop.window, before_close_func=lambda _window: end_jobs(jobs))
        opened.append(desktop)
        with qtbot.waitSignal(desktop.opened):
            desktop.open(last_crash)
        return desktop

    yield open_it
    for desktop in opened:
        desktop.close()


def test_what_a_killed_window_left_half_made_is_swept_at_the_next_start(
    open_desktop: Open, paths: Paths, qtbot: QtBot
) -> None:
    paths.converted_models.mkdir()
    left = paths.converted_models / f".made.gguf.{ended_pid()}.partial"
    left.write_bytes(b"half")
    open_desktop()
    qtbot.waitUntil(lambda: not left.exists())


def test_what_pages_stand_on_is_imported_while_nobody_waits_for_it(
    open_desktop: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_late_page.py").write_text("read = True")
    monkeypatch.syspath_prepend(tmp_path)
    late = PageEntry("late", "Late", "file-text", 0, LatePage("a_late_page", "Page"))
    open_desktop(pages=(SETTINGS, late))
    qtbot.waitUntil(lambda: "a_late_page" in sys.modules)
    monkeypatch.delitem(sys.modules, "a_late_page")


def test_the_last_model_is_loaded_and_the_strip_says_so(open_desktop: Open, qtbot: QtBot) -> None:
    strip = open_desktop().window.strip
    qtbot.waitUntil(lambda: strip.engine.text() == "sim:echo ready")
    assert strip.engine.accessibleDescription() == "sim:echo ready"


def test_a_model_that_cannot_be_loaded_is_a_notice_and_the_window_stays(
    open_desktop: Open, qtbot: QtBot
) -> None:
    desktop = open_desktop(last_model="sim:crash-load")
    qtbot.waitUntil(lambda: bool(desktop.window.overlays.notices.texts))
    assert desktop.window.isVisible()


def test_a_last_model_that_was_moved_away_is_said(
    open_desktop: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_STARTER", str(tmp_path / "none.gguf"))
    desktop = open_desktop(last_model=str(tmp_path / "mine.gguf"))
    qtbot.waitUntil(lambda: bool(desktop.window.overlays.notices.cards))
    assert "mine.gguf is no longer in" in desktop.window.overlays.notices.cards[0].notice.hint


def test_nothing_is_loaded_where_the_setting_is_off(open_desktop: Open, qtbot: QtBot) -> None:
    desktop = open_desktop(load_last_model=False)
    with qtbot.waitSignal(desktop.context.jobs.job_ended):
        pass
    assert desktop.context.services.pool.status() == ()


@pytest.mark.parametrize(("is_there", "searches"), [(True, 0), (False, 1)])
def test_memory_is_searched_whole_only_while_the_user_is_elsewhere(
    open_desktop: Open, monkeypatch: pytest.MonkeyPatch, is_there: bool, searches: int
) -> None:
    desktop, done = open_desktop(), list[bool]()
    monkeypatch.setattr("app.shell.desktop.search_all", lambda: done.append(True))
    front = desktop.window if is_there else None
    monkeypatch.setattr(QApplication, "activeWindow", lambda: front)
    desktop.look_round()
    assert len(done) == searches


def test_sensors_reach_the_strip_and_their_reasons_the_popover(
    open_desktop: Open, qtbot: QtBot
) -> None:
    window = open_desktop(load_last_model=False).window
    qtbot.waitUntil(lambda: "memory" in window.strip.meters)
    assert window.strip.meters["memory"].text().startswith("Memory ")
    window.open_machine()
    assert window.overlays.machine.isVisible()


def test_a_reading_on_its_way_when_the_window_goes_is_dropped(
    qapp: QApplication, services: Services, qtbot: QtBot
) -> None:
    desktop = Desktop(qapp, services, CrashLog(services.paths.crashes), None, (SETTINGS,))
    with qtbot.waitSignal(desktop.opened):
        desktop.open()
    qtbot.waitUntil(lambda: len(desktop.context.sampler.readings) > 0)
    with qtbot.captureExceptions() as exceptions:
        desktop._read.emit(desktop.context.sampler.readings[-1])
        desktop.close()
        shiboken6.delete(desktop.window)
        QCoreApplication.sendPostedEvents(desktop)
    assert exceptions == []


def test_a_bug_becomes_a_notice_with_a_report_to_copy(open_desktop: Open, qtbot: QtBot) -> None:
    desktop = open_desktop(load_last_model=False)

    def broken(_cancel: object) -> object:
        raise ZeroDivisionError("nothing to share")

    with qtbot.waitSignal(desktop.context.jobs.bug_found):
        desktop.context.jobs.start(broken)
    card = desktop.window.overlays.notices.cards[-1]
    card.action_button.click()
    report = desktop.window.findChild(ReportWindow)
    assert "nothing to share" in report.findChild(QPlainTextEdit).toPlainText()
    report.close()


def test_settings_that_were_put_right_are_told(
    qapp: QApplication, services: Services, open_desktop: Open
) -> None:
    services.settings.problems = ("The setting “Theme” was put back.",)
    [card] = open_desktop(load_last_model=False).window.overlays.notices.cards
    assert card.notice.hint == "The setting “Theme” was put back."


def test_the_last_crash_is_told_once_with_its_report(open_desktop: Open, tmp_path: Path) -> None:
    report = tmp_path / "crash.txt"
    report.write_text("Fatal Python error: Segmentation fault")
    desktop = open_desktop(last_crash=report, load_last_model=False)
    assert "ended unexpectedly" in desktop.window.overlays.notices.texts[-1]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (SetupStatus("Everything is ready.", state="ready"), "The engine is ready."),
        (SetupStatus("No compiler.", state="failed", hint="Install gcc."), "No compiler."),
    ],
)
def test_the_preparation_of_the_engine_ends_in_a_notice(
    open_desktop: Open, qtbot: QtBot, tmp_path: Path, last: SetupStatus, said: str
) -> None:
    file = tmp_path / "status.jsonl"
    file.write_text(last.to_line())
    desktop = open_desktop(setup_status=file, load_last_model=False)
    qtbot.waitUntil(lambda: said in desktop.window.overlays.notices.texts)


def test_a_model_dropped_onto_any_page_is_added(
    open_desktop: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    file = write_gguf(tmp_path / "Tiny-Q8_0.gguf")
    desktop = open_desktop(load_last_model=False)
    with qtbot.waitSignal(desktop.context.navigation.requested) as asked:
        urls = [QUrl.fromLocalFile(str(file)), QUrl("https://example.org/x.gguf")]
        assert drop(desktop.window, urls)
    assert asked.args is not None
    assert asked.args[0] == "models"
    assert [entry.path for entry in desktop.context.services.library.entries()] == [file]


def test_hand_ins_and_run_folders_dropped_onto_any_page_are_opened_in_labs(
    open_desktop: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    archive, run = tmp_path / "lab.zip", plan_small(tmp_path / "theirs", "sim:coin").path
    archive.write_bytes(b"no archive at all")
    desktop = open_desktop(pages=(SETTINGS, LABS), load_last_model=False)
    assert drop(desktop.window, [QUrl.fromLocalFile(str(path)) for path in (archive, run)])
    assert desktop.window.front_id == "labs"
    page = desktop.window.front
    qtbot.waitUntil(lambda: "lab.zip" in page.error_bar.accessibleDescription())
    qtbot.waitUntil(lambda: run in [row.path for row in page.front.runs.rows])


def test_a_folder_added_in_the_settings_is_searched_at_once(
    open_desktop: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    file = write_gguf(tmp_path / "shelf" / "Tiny-Q8_0.gguf")
    desktop = open_desktop(load_last_model=False)
    library = desktop.context.services.library
    desktop.context.services.settings.change(model_folders=(str(file.parent),))
    qtbot.waitUntil(lambda: [entry.path for entry in library.entries()] == [file])


def test_chats_beside_an_unreadable_file_are_kept_in_memory_and_it_is_said(paths: Paths) -> None:
    paths.chats_file.write_bytes(b"SQLite format 3\0 and then nothing that makes sense" * 40)
    with closing(open_services(paths)) as services:
        assert "not saved" in services.problems[0].hint
        assert services.chats.chats() == ()


def test_every_page_of_the_real_window_can_be_opened(open_desktop: Open) -> None:
    desktop = open_desktop(PAGES, load_last_model=False)
    for entry in PAGES:
        desktop.window.open(entry.id)
        assert desktop.window.front is desktop.window.page(entry.id)
    names = [command.name for command in desktop.window.commands()]
    assert "New chat" in names


def test_what_is_offered_everywhere_is_so_before_its_page_is_made(
    open_desktop: Open,
) -> None:
    window = open_desktop(PAGES, load_last_model=False, last_page="settings").window
    assert list(window.opened_pages) == ["settings"]
    offered = {command.name: command.shortcut for command in window.commands()}
    assert (offered["New chat"], offered["Search all chats"]) == ("Ctrl+N", "Ctrl+Shift+F")
    next(command for command in window.commands() if command.name == "New chat").run()
    assert window.front is window.page("chat")
    for page in ("models", "settings"):
        window.open(page)
    assert {command.name: command.shortcut for command in window.commands()} == offered


def test_a_damaged_chat_file_is_set_aside_when_the_user_says_so(
    qapp: QApplication, paths: Paths, qtbot: QtBot
) -> None:
    paths.chats_file.parent.mkdir(parents=True, exist_ok=True)
    paths.chats_file.write_bytes(b"broken" * 1000)
    with closing(open_services(paths)) as services:
        services.settings.change(load_last_model=False)
        desktop = Desktop(qapp, services, CrashLog(paths.crashes), pages=(SETTINGS,))
        qtbot.addWidget(desktop.window)
        with qtbot.waitSignal(desktop.opened):
            desktop.open()
        notices = desktop.window.overlays.notices
        chat = services.chats.create_chat(title="Said before")
        notices.cards[0].action_button.click()
        assert any("saved again" in text for text in notices.texts)
        desktop.close()
    with closing(ChatStore(paths.chats_file)) as chats:
        assert chats.chat(chat.id).title == "Said before"
    assert len(list(paths.chats_file.parent.glob("chats.damaged-*"))) == 1


def test_tab_goes_from_navigation_to_header_page_and_strip(open_desktop: Open) -> None:
    window = open_desktop(pages=PAGES, load_last_model=False, last_page="chat").window
    places = (window.navigation, window.header, window.front, window.strip)
    at: QWidget | None = window.navigation
    order = []
    for _ in range(1000):
        at = at.nextInFocusChain() if at is not None else None
        reachable = at is not None and at.focusPolicy() & Qt.FocusPolicy.TabFocus
        if at is None or at is window.navigation or not (reachable and at.isVisible()):
            continue
        order += [n for n, place in enumerate(places) if place and place.isAncestorOf(at)]
        if order[-1:] == [3] and len(set(order)) == 4:
            break
    assert order == sorted(order)


def test_a_message_stays_below_a_notice_when_the_error_bar_goes(
    open_desktop: Open, qtbot: QtBot
) -> None:
    desktop = open_desktop(pages=PAGES, load_last_model=False, last_page="chat")
    page = desktop.window.page("chat")
    assert isinstance(page, ChatPage)
    with qtbot.waitSignal(page.session.reply_ended):
        page.session.send("hello")
    desktop.context.notices.show(Notice("The last run ended.", stays=True))
    view, notices = page.area.view, desktop.window.overlays.notices
    free = view.mapTo(desktop.window, QPoint(0, 0)).y()
    page.show_error(UserError("It failed.", "Try again."))
    qtbot.waitUntil(lambda: view.mapTo(desktop.window, QPoint(0, 0)).y() > free)
    page.clear_error()
    qtbot.waitUntil(lambda: view.mapTo(desktop.window, QPoint(0, 0)).y() == free)
    below = view.viewport().mapTo
    qtbot.waitUntil(lambda: below(desktop.window, QPoint()).y() > notices.geometry().bottom())
