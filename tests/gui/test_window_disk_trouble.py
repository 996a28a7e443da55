"""What a person sees in the whole window when its files are damaged or its disk takes nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.crash import CrashLog
from app.paths import find_paths
from app.services import open_services
from app.settings_file import SettingsStore
from app.shell.desktop import Desktop
from labs.chat.store import ChatStore
from models.network import Door, Gate
from tests.gui.person import Person

posix = pytest.mark.skipif(os.name != "posix", reason="needs locks of other programs")
WindowIn = Callable[[Path], AbstractContextManager[Person]]


@pytest.fixture
def window_in(qapp: QApplication, qtbot: QtBot) -> WindowIn:
    """Opens Assay in a home as it lies there, with all that stands in it."""

    @contextmanager
    def open_window(home: Path) -> Iterator[Person]:
        paths = find_paths({"ASSAY_HOME": str(home)})
        settings = SettingsStore(paths.settings_file)
        services = open_services(paths, settings, Gate(Door(), lambda: settings.current.sealed))
        desktop = Desktop(qapp, services, CrashLog(paths.crashes))
        qtbot.addWidget(desktop.window)
        with qtbot.waitSignal(desktop.opened):
            desktop.open()
        qtbot.waitUntil(lambda: not desktop.context.jobs.running)
        person = Person(desktop, qtbot)
        yield person
        person.page.session.stop()
        qtbot.waitUntil(lambda: not desktop.context.jobs.running)
        desktop.window.close()
        desktop.close()
        services.close()

    return open_window


def first_notice(person: Person) -> str:
    notice = person.desktop.window.overlays.notices.cards[0].notice
    return f"{notice.text} {notice.hint}"


# ---- files -------------------------------------------------------------------------------------


def damaged(home: Path) -> None:
    (home / "chats.sqlite3").write_bytes(b"no chats at all" * 400)


def from_a_newer_assay(home: Path) -> None:
    ChatStore(home / "chats.sqlite3").close()
    with closing(sqlite3.connect(home / "chats.sqlite3")) as database:
        database.execute("PRAGMA user_version = 99")


def of_another_program(home: Path) -> None:
    with closing(sqlite3.connect(home / "chats.sqlite3")) as database:
        database.execute("CREATE TABLE chats (whatever)")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (damaged, "chat file is damaged"),
        (from_a_newer_assay, "written by a newer Assay"),
        (of_another_program, "chat file is damaged"),
    ],
)
def test_chats_that_cannot_be_read_are_left_as_they_are(
    window_in: WindowIn, home: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(home)
    before = (home / "chats.sqlite3").read_bytes()
    with window_in(home) as person:
        assert sentence in first_notice(person) and "not saved" in first_notice(person)
        reply = person.ask("hello")
    assert (reply.role, reply.state, reply.text) == ("assistant", "complete", "hello")
    assert (home / "chats.sqlite3").read_bytes() == before


@posix
def test_chats_that_another_program_holds_are_a_sentence(window_in: WindowIn, home: Path) -> None:
    ChatStore(home / "chats.sqlite3").close()
    with closing(sqlite3.connect(home / "chats.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE held (x)")
        with window_in(home) as person:
            assert "in use by another program" in first_notice(person)


@pytest.mark.parametrize("content", ['{"theme": 7, "text_percent": "huge"}', "\x00"])
def test_a_damaged_settings_file_costs_the_settings_only(
    window_in: WindowIn, home: Path, content: str
) -> None:
    (home / "settings.json").write_text(content)
    with window_in(home) as person:
        assert "put back to their defaults" in first_notice(person)
        assert person.ask("hello").text == "hello"
    assert content in [path.read_text() for path in home.glob("settings.backup-*")]


# ---- a disk that is full, or takes nothing -------------------------------------------------------


@pytest.mark.parametrize("size", ["8k", "40k", "110k", "160k", "400k"])
def test_a_full_disk_is_a_sentence_wherever_it_is_met(
    window_in: WindowIn, small_disk: Callable[..., Path], size: str
) -> None:
    with window_in(small_disk(f"size={size}")) as person:
        person.begin("go", "sim:long")
        page = person.page
        person.qtbot.waitUntil(lambda: person.bar != "" or not page.session.is_busy)
        said = " ".join([person.bar, *map(first_notice, [person] * bool(person.notices))])
    assert "disk is full" in said or "No space left" in said


def test_a_home_that_became_read_only_can_still_be_used(
    window_in: WindowIn, small_disk: Callable[..., Path]
) -> None:
    home = small_disk("size=4m")
    with window_in(home) as person:
        person.ask("before")
    small_disk("size=4m,remount,ro")
    with window_in(home) as person:
        assert "cannot be opened for writing" in first_notice(person)
        assert person.ask("hello").text == "hello"
