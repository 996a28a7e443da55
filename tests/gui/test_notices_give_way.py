"""Notices lie over the corner in which a chat begins: the messages make room for them."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from app.notices import Notice
from tests.gui.person import Person


def top_of(person: Person, widget: QWidget) -> int:
    return widget.mapTo(person.desktop.window, QPoint(0, 0)).y()


def test_a_notice_covers_no_message_and_gives_the_room_back(person: Person) -> None:
    person.ask("Is the sky blue?")
    window, view = person.desktop.window, person.page.area.view.viewport()
    notices, before = window.overlays.notices, top_of(person, view)
    person.desktop.context.notices.show(Notice("One.", key="one", stays=True))
    person.desktop.context.notices.show(Notice("Two.", key="two", stays=True))
    person.qtbot.waitUntil(lambda: top_of(person, view) > notices.geometry().bottom())
    window.open("labs")
    person.desktop.context.notices.withdraw("one")
    window.open("chat")
    person.qtbot.waitUntil(lambda: before < top_of(person, view) < notices.geometry().bottom() + 32)
    person.desktop.context.notices.withdraw("two")
    person.qtbot.waitUntil(lambda: top_of(person, view) == before)


def test_a_page_without_messages_stays_where_it_is(person: Person) -> None:
    before = top_of(person, person.page.area.empty)
    person.desktop.context.notices.show(Notice("One.", key="one", stays=True))
    assert person.notices == ["One."] and top_of(person, person.page.area.empty) == before
