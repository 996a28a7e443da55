"""Finding a text in the chat on screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.pages.chat.conversation_area import ConversationArea
from app.widgets.message_view.shown import ShownMessage

REPLY = "A **needle** here.\n\n```copy\nneedle = 1\n```\n\n[word](https://needle.example)"


@pytest.fixture
def area(qtbot: QtBot) -> ConversationArea:
    made = ConversationArea()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    texts = [f"Message {i}. " + "word " * 60 for i in range(1, 101)]
    texts[9] = texts[59] = REPLY
    made.show_branch([ShownMessage(i, "assistant", t) for i, t in enumerate(texts, 1)], True)
    return made


def count(area: ConversationArea) -> str:
    return area.find_bar._count.text()


def selected(area: ConversationArea) -> list[int]:
    """Messages with a match in the accent."""
    cards = [area.view.card(message.id) for message in area.view.messages]
    return [card.message.id for card in cards if card and card._current_match is not None]


def test_matches_far_away_are_counted_and_shown_one_after_the_other(
    area: ConversationArea, qtbot: QtBot
) -> None:
    assert area.open_find()
    qtbot.keyClicks(area.find_bar.text, "NEEDLE")
    assert (selected(area), area.view.card(10) is not None) == ([10], True)
    qtbot.keyClick(area.find_bar.text, Qt.Key.Key_Return)
    qtbot.keyClick(area.find_bar.text, Qt.Key.Key_Return)
    assert (selected(area), count(area)) == ([60], "3 of 4")
    qtbot.keyClick(area.find_bar.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert (selected(area), count(area)) == ([10], "2 of 4")


def test_what_is_found_is_in_sight(area: ConversationArea, qtbot: QtBot) -> None:
    area.open_find()
    qtbot.keyClicks(area.find_bar.text, "needle")
    card = area.view.card(selected(area)[0])
    assert card is not None
    place = card.match_rect(0).translated(card.pos())
    assert area.view.viewport().rect().contains(place)


def test_labels_and_addresses_that_are_not_shown_are_not_found(
    area: ConversationArea, qtbot: QtBot
) -> None:
    area.open_find()
    qtbot.keyClicks(area.find_bar.text, "copy")
    qtbot.keyClick(area.find_bar.text, Qt.Key.Key_Return)
    assert (selected(area), count(area)) == ([], "Not found")


def test_closing_takes_the_marks_away_and_goes_back_to_writing(
    area: ConversationArea, qtbot: QtBot
) -> None:
    area.open_find()
    qtbot.keyClicks(area.find_bar.text, "needle")
    qtbot.keyClick(area.find_bar.text, Qt.Key.Key_Escape)
    assert area.find_bar.isHidden() and not selected(area)
    assert all(not c.parts.body.extraSelections() for c in [area.view.card(10)] if c)


def test_marks_follow_a_reply_that_grows(area: ConversationArea, qtbot: QtBot) -> None:
    area.open_find()
    qtbot.keyClicks(area.find_bar.text, "needle")
    area.view.scroll_to_end()
    area.view.update_message(ShownMessage(100, "assistant", "needle needle"))
    card = area.view.card(100)
    assert card is not None and card.matches == 2


def test_an_empty_chat_has_nothing_to_find(area: ConversationArea) -> None:
    area.open_find()
    area.show_branch([], to_end=True)
    assert area.find_bar.isHidden() and not area.open_find()
