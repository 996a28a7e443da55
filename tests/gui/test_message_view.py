"""The conversation on screen: only what is in sight exists, and the end stays in sight."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.message_view.card import Card
from app.widgets.message_view.details_panel import DetailsPanel
from app.widgets.message_view.footer_text import summary
from app.widgets.message_view.shown import MOST_DRAWN_CHARS, ShownMessage
from app.widgets.message_view.view import MessageView
from app.widgets.tokens import Tokens
from labs.chat.conversation import Provenance, Role


def conversation(count: int) -> list[ShownMessage]:
    return [
        ShownMessage(i, "user" if i % 2 else "assistant", f"Message {i}.\n\n" + "word " * (i % 90))
        for i in range(1, count + 1)
    ]


@pytest.fixture
def view(qtbot: QtBot) -> MessageView:
    made = MessageView()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def cards(view: MessageView) -> list[Card]:
    return view.viewport().findChildren(Card)


def test_a_chat_of_500_messages_opens_at_its_end_with_few_widgets(view: MessageView) -> None:
    view.set_messages(conversation(500))
    assert view.card(500) is not None
    assert view.card(1) is None
    assert len(cards(view)) < 40


def test_the_end_stays_in_sight_while_text_streams_in(view: MessageView) -> None:
    growing = ShownMessage(501, "assistant", "", state="streaming")
    view.set_messages([*conversation(500), growing])
    view.update_message(replace(growing, text="line\n\n" * 200, state="complete"))
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum() > 0


def test_a_user_who_scrolled_up_is_left_where_he_is(view: MessageView) -> None:
    growing = ShownMessage(501, "assistant", "", state="streaming")
    view.set_messages([*conversation(500), growing])
    view.verticalScrollBar().setValue(2000)
    view.update_message(replace(growing, text="line\n\n" * 200, state="complete"))
    assert not view.follows
    assert view.verticalScrollBar().value() == pytest.approx(2000, abs=400)


def test_corrected_heights_do_not_move_what_is_read(view: MessageView) -> None:
    view.set_messages(conversation(300))
    bar = view.verticalScrollBar()
    for _ in range(40):
        before = {card.message.id: card.y() for card in cards(view) if 0 <= card.y() < 500}
        bar.setValue(bar.value() - 60)
        moved = {
            card.y() - before[card.message.id]
            for card in cards(view)
            if card.message.id in before and not card.isHidden()
        }
        assert moved <= {60}


def test_every_message_can_be_scrolled_to(view: MessageView) -> None:
    view.set_messages(conversation(300))
    for message_id in (1, 150, 299):
        view.scroll_to(message_id)
        card = view.card(message_id)
        assert card is not None and -1 <= card.y() < 600


def test_thinking_is_folded_until_asked_for(view: MessageView, qtbot: QtBot) -> None:
    view.set_messages([ShownMessage(1, "assistant", "42", thinking="hm", thinking_s=3.2)])
    button = button_named(view, "Show or hide the thinking")
    assert button.text() == "▸ Thought for 3.2 s"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text().startswith("▾")


def test_a_message_that_was_not_sent_says_so(view: MessageView) -> None:
    view.set_messages([ShownMessage(1, "user", "old", left_out=True)])
    card = view.card(1)
    assert card is not None
    assert "Not sent with the last reply: did not fit" in card.accessibleDescription()


def test_actions_are_reached_by_keyboard_and_have_names(view: MessageView) -> None:
    view.set_messages([ShownMessage(1, "assistant", "text", version=2, versions=3)])
    names = {child.accessibleName() for child in view.findChildren(QWidget)}
    assert names.issuperset(REPLY_ACTIONS)
    assert button_named(view, "Regenerate").focusPolicy() & Qt.FocusPolicy.TabFocus


def test_tab_brings_hidden_actions_into_sight(view: MessageView) -> None:
    view.set_messages(conversation(30))
    card = view.card(30)
    assert card is not None
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() - 300)
    button = button_named(card, "Regenerate")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    top = button.mapTo(view.viewport(), button.rect().topLeft()).y()
    assert 0 <= top <= view.viewport().height() - button.height()


def test_details_show_how_a_reply_was_made(view: MessageView, qtbot: QtBot) -> None:
    made = Provenance("Tiny", "/m/tiny.gguf", sha256="abc", seed=7, template_hash="t1")
    view.set_messages([ShownMessage(1, "assistant", "text", provenance=made)])
    qtbot.mouseClick(button_named(view, "How this reply was made"), Qt.MouseButton.LeftButton)
    panel = [w for w in view.findChildren(QWidget) if w.accessibleName() == PANEL][-1]
    text = panel.toPlainText()  # type: ignore[attr-defined]
    assert all(word in text for word in ("/m/tiny.gguf", "abc", "7", "t1", "temperature 0.8"))


@pytest.mark.parametrize("role", ["user", "assistant"])
def test_of_a_message_of_a_megabyte_the_beginning_is_drawn_and_all_is_copied(
    view: MessageView, role: Role
) -> None:
    text = "many words " * 100_000
    view.set_messages([ShownMessage(1, role, text)])
    card = view.card(1)
    assert card is not None and len(card.shown_text) <= MOST_DRAWN_CHARS
    assert "first 100,000 of 1,100,000 characters" in card.parts.words.mark.text()
    assert card.parts.words.mark.isVisible()
    card.copy_text()
    assert QGuiApplication.clipboard().text() == text


def test_the_box_of_an_edit_grows_with_what_is_written(view: MessageView) -> None:
    view.set_messages(conversation(4))
    view.edit(1)
    card = view.card(1)
    assert card is not None and card.parts.edit is not None
    text, before = card.parts.edit._text, card.parts.edit.height()
    text.insertPlainText("\nline" * 8)
    assert card.parts.edit.height() > before + 4 * text.fontMetrics().lineSpacing()


def test_an_edit_is_sent_with_enter_and_given_up_with_escape(
    view: MessageView, qtbot: QtBot
) -> None:
    view.set_messages([ShownMessage(1, "user", "before")])
    view.edit(1)
    box = next(w for w in view.findChildren(QWidget) if w.accessibleName() == "Edit the message")
    box.setPlainText("after")  # type: ignore[attr-defined]
    with qtbot.waitSignal(view.edited) as edited:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert edited.args == [1, "after"]


REPLY_ACTIONS = (
    "Copy as text", "Edit", "Regenerate", "Continue this reply", "Branch from here",
    "See where it was unsure", "See exactly what was sent", "Older version",
)  # fmt: skip
PANEL = "How this reply was made"


def button_named(view: QWidget, name: str) -> QWidget:
    return next(
        w
        for w in view.findChildren(QWidget)
        if w.accessibleName() == name and hasattr(w, "clicked")
    )


def test_another_theme_leaves_the_reader_where_he_is(view: MessageView) -> None:
    view.set_messages(conversation(200))
    view.scroll_to(100)
    view.setTokens(Tokens(dark=True))
    card = view.card(100)
    assert card is not None and abs(card.y()) <= 20


def test_the_flags_of_a_build_show_on_demand(view: MessageView) -> None:
    made = Provenance(
        "m", "/m.gguf", backend_build="llama-cpp-python 1.2 · CPU : AVX2 = 1 | FMA = 1"
    )
    view.set_messages([ShownMessage(1, "assistant", "42", provenance=made)])
    card = view.card(1)
    assert card is not None
    card._toggle_details()
    panel = card.findChild(DetailsPanel)
    assert panel is not None and "AVX2" not in panel._text.toPlainText()
    panel._text.anchorClicked.emit(QUrl("unfold:"))
    assert "AVX2 = 1 | FMA = 1" in panel._text.toPlainText()


def test_tab_goes_through_the_messages_as_they_stand(view: MessageView) -> None:
    view.set_messages(conversation(60))
    view.scroll_to(20)  # cards above are made after those below
    at, tops = view.nextInFocusChain(), []
    while at is not None and at is not view:
        if at.isVisible() and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            tops.append(at.mapTo(view, QPoint(0, 0)).y())
        at = at.nextInFocusChain()
    assert len(tops) > 20 and tops == sorted(tops, key=lambda top: top // 20)


def test_details_that_are_opened_come_into_sight(view: MessageView) -> None:
    reply = ShownMessage(21, "assistant", "word " * 50, provenance=Provenance("Echo", "sim:echo"))
    view.set_messages([*conversation(20), reply])
    card = view.card(21)
    assert card is not None
    card._act("details")
    details = card.findChild(DetailsPanel)
    top = details.mapTo(view.viewport(), QPoint(0, 0)).y()
    assert 0 <= top <= view.viewport().height() - details.height()


def test_a_reply_says_that_it_had_to_follow_a_grammar() -> None:
    made = Provenance("Echo", "sim:echo", reply_tokens=2, grammar='root ::= "yes"')
    assert summary(made) == "2 tokens  ·  in the set form"
    assert summary(replace(made, grammar="")) == "2 tokens"
    assert summary(replace(made, grammar="", reply_tokens=1)) == "1 token"
