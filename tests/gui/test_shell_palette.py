"""The command palette: matching, choosing, what it finds beyond commands."""

from __future__ import annotations

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.page import Command
from app.shell.fuzzy import score
from app.shell.palette import CommandPalette
from app.shell.providers import find_chats, find_models
from tests.gguf_files import write_gguf


def do_nothing() -> None: ...


NAMES = ("Go to Chat", "Go to Models", "Larger text", "Smaller text", "Show to the room")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 640)
    window.show()
    return window


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("chat", "Go to Chat"),
        ("gtm", "Go to Models"),
        ("lt", "Larger text"),
        ("room", "Show to the room"),
        ("SMALL", "Smaller text"),
    ],
)
def test_a_few_letters_find_the_command(query: str, best: str) -> None:
    assert max(NAMES, key=lambda name: score(query, name)) == best


@pytest.mark.parametrize("query", ["xyz", "txet", "chats"])
def test_letters_that_do_not_occur_in_order_find_nothing(query: str) -> None:
    assert all(score(query, name) == 0 for name in NAMES)


def test_enter_runs_what_is_selected(qtbot: QtBot, window: QWidget) -> None:
    ran: list[str] = []
    commands = [Command(name, "", lambda name=name: ran.append(name)) for name in NAMES]
    palette = CommandPalette(window)
    palette.open_with(commands)
    qtbot.keyClicks(palette.input, "text")
    qtbot.keyClick(palette.input, Qt.Key.Key_Down)
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    assert ran == ["Smaller text"]
    assert palette.isHidden()


def test_escape_closes_and_gives_the_focus_back(qtbot: QtBot, window: QWidget) -> None:
    palette = CommandPalette(window)
    palette.open_with([Command("One", "", do_nothing)])
    qtbot.keyClick(palette.input, Qt.Key.Key_Escape)
    assert palette.isHidden()


def test_a_field_that_is_gone_gets_no_focus_back(qtbot: QtBot, window: QWidget) -> None:
    field, palette = QLineEdit(window), CommandPalette(window)
    field.show()
    field.setFocus()
    palette.open_with([Command("One", "", do_nothing)])
    shiboken6.delete(field)
    palette.close_popover()
    assert palette.isHidden()


def test_no_match_is_said_and_enter_does_nothing(qtbot: QtBot, window: QWidget) -> None:
    palette = CommandPalette(window)
    palette.open_with([Command("One", "", do_nothing)])
    qtbot.keyClicks(palette.input, "zzz")
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert palette.shown == [] and palette.nothing.isVisible()


def test_chats_are_found_by_title_and_by_what_was_said(context: AppContext) -> None:
    chats = context.services.chats
    titled = chats.create_chat(title="Rivers of Europe")
    other = chats.create_chat(title="Untitled")
    chats.add_message(other.id, None, "user", "Where does the Danube end?")
    assert [c.name for c in find_chats(context, "rivers")] == [titled.title]
    assert [c.name for c in find_chats(context, "danube")] == [other.title]


def test_choosing_a_found_model_makes_it_the_current_one(
    context: AppContext, tmp_path: Path
) -> None:
    file = write_gguf(tmp_path / "Tiny-Q8_0.gguf")
    context.services.library.add(file)
    [found] = find_models(context, "tiny")
    found.run()
    assert context.current_model.model == str(file)
