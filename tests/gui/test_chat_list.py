from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.pages.chat.chat_list import ChatList
from labs.chat.conversation import Chat


@pytest.fixture
def chats(qtbot: QtBot) -> ChatList:
    made = ChatList()
    qtbot.addWidget(made)
    made.resize(240, 400)
    made.show()
    made.show_chats([Chat(n, f"Chat {n}", 0.0, 0.0) for n in (1, 2)])
    made.mark_current(1)
    return made


def test_after_a_menu_the_chat_in_front_is_marked_again(chats: ChatList, qtbot: QtBot) -> None:
    other = chats.view.model().index(1, 0)
    chats.view.setCurrentIndex(other)
    chats.view.customContextMenuRequested.emit(chats.view.visualRect(other).center())
    menu = chats.findChild(QMenu)
    with qtbot.waitSignal(menu.aboutToHide):
        menu.close()
    assert chats.view.currentIndex().row() == 0


def test_esc_leaves_the_search(chats: ChatList, qtbot: QtBot) -> None:
    chats.activateWindow()
    chats.search.setText("sky")
    chats.search.setFocus()
    qtbot.waitUntil(chats.search.hasFocus)
    with qtbot.waitSignal(chats.search_left):
        qtbot.keyClick(chats.search, Qt.Key.Key_Escape)
    assert chats.search.text() == ""
