from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.chat.page import ChatPage


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[ChatPage]:
    """A chat page with two chats in the bin."""
    store = context.services.chats
    for title in ("first", "second"):
        store.bin(store.create_chat(title=title).id)
    made = ChatPage(context)
    qtbot.addWidget(made)
    made.show()
    yield made
    context.jobs.cancel_all()
    context.jobs.wait_all()


def titles(page: ChatPage) -> list[str]:
    return [row.title for row in page.list.rows]


def test_the_way_to_the_bin_says_how_much_is_in_it(page: ChatPage) -> None:
    assert page.list.bin_button.text() == "Bin (2)"
    assert page.list.bin_button.isVisible()


def test_a_chat_taken_out_of_the_bin_is_back_in_the_list(page: ChatPage) -> None:
    window = page.shelf.show_bin()
    window.restore.click()
    assert len(titles(page)) == 1
    assert window.list.count() == 1
    assert page.list.bin_button.text() == "Bin (1)"


def test_deleting_for_good_takes_a_second_click(page: ChatPage, context: AppContext) -> None:
    window = page.shelf.show_bin()
    window.empty.click()
    assert len(context.services.chats.chats(binned=True)) == 2
    assert window.empty.text() == "Yes, delete for good"
    window.empty.click()
    assert context.services.chats.chats(binned=True) == ()
    assert not page.list.bin_button.isVisible()


def test_a_long_title_is_read_without_scrolling_to_the_side(page: ChatPage, qtbot: QtBot) -> None:
    store = page.context.services.chats
    store.bin(store.create_chat(title="a very long title of a chat " * 3).id)
    window = page.shelf.show_bin()
    qtbot.waitExposed(window)
    assert window.list.horizontalScrollBar().maximum() == 0
