"""A yes/no question asked six ways from the chat page, with real workers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.chat.page import ChatPage
from app.pages.chat.yes_no_strip import YesNoStrip
from app.shell.theme import Theme
from app.widgets.message_view.action_row import ActionButton
from labs.experiments.six_ways.six_answers import WordingAnswer
from labs.experiments.six_ways.wordings import Wording
from models.engine.pool import ContextWish, Lease
from models.long_work import result_of

QUESTION = "Do penguins fly?"


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[ChatPage]:
    context.current_model.choose("sim:by-format")
    made = ChatPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    yield made
    context.jobs.cancel_all()
    context.jobs.wait_all()


@pytest.fixture
def strip(page: ChatPage) -> YesNoStrip:
    return page.area.yes_no


def button(root: ChatPage | YesNoStrip, words: str) -> QPushButton:
    return next(b for b in root.findChildren(QPushButton) if b.accessibleName() == words)


def press(root: ChatPage | YesNoStrip, words: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(button(root, words), Qt.MouseButton.LeftButton)


def run_command(page: ChatPage) -> None:
    next(c for c in page.commands() if c.name == "Ask it six ways").run()


def write(page: ChatPage, text: str, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.area.composer.draft_settled):
        page.area.composer.set_draft(text)


def ask(page: ChatPage, qtbot: QtBot, text: str = QUESTION, model: str = "") -> None:
    """From the composer, to the end."""
    if model:
        page.context.current_model.choose(model)
    write(page, text, qtbot)
    press(page, "Ask it six ways", qtbot)
    qtbot.waitUntil(lambda: not page.area.yes_no.is_running)


def words(strip: YesNoStrip) -> list[str]:
    return [chip.word for chip in strip.chips]


# ---- the offer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "offered"), [(QUESTION, True), ("Why do penguins swim?", False)])
def test_the_composer_offers_it_for_yes_no_questions_alone(
    page: ChatPage, qtbot: QtBot, text: str, offered: bool
) -> None:
    write(page, "Is it so?", qtbot)
    write(page, text, qtbot)
    assert page.area.composer._offer.isVisible() == offered


def test_a_file_in_the_composer_takes_the_offer_back(page: ChatPage, qtbot: QtBot) -> None:
    write(page, QUESTION, qtbot)
    with qtbot.waitSignal(page.area.composer.draft_settled):
        page.area.composer._attach_paste("a long text")
    assert not page.area.composer._offer.isVisible()


@pytest.mark.parametrize(("text", "offered"), [(QUESTION, True), ("Tell me of penguins.", False)])
def test_a_sent_message_offers_it_too(
    page: ChatPage, qtbot: QtBot, text: str, offered: bool
) -> None:
    with qtbot.waitSignal(page.session.reply_ended):
        page.session.send(text)
    names = [action.accessibleName() for action in page.area.view.findChildren(ActionButton)]
    assert ("Ask it six ways" in names) == offered


@pytest.mark.parametrize("text", ["Name a bird.", ""])
def test_the_command_says_what_it_is_for(page: ChatPage, qtbot: QtBot, text: str) -> None:
    page.area.composer.set_draft(text)
    with qtbot.waitSignal(page._yes_no.said) as said:
        run_command(page)
    assert "yes/no question" in said.args[0]
    assert page.area.yes_no.isHidden()


# ---- the answers -------------------------------------------------------------------------------


def test_six_chips_show_answers_that_go_by_the_wording(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot
) -> None:
    ask(page, qtbot)
    assert words(strip) == ["yes", "no"] * 3
    assert "3 yes, 3 no" in strip.sentence and "one question cannot show" in strip.sentence
    assert strip.chips[1].accessibleName() == "Wording 2, with a please: no"
    assert "Asked: Please tell me: Do penguins fly?" in strip.chips[1].toolTip()
    assert "yes 5 %, no 95 %" in strip.chips[1].accessibleDescription()


@pytest.mark.parametrize("model", ["sim:echo", "sim:think", "sim:empty"])
def test_what_is_no_answer_in_form_is_called_so(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot, model: str
) -> None:
    ask(page, qtbot, model=model)
    assert words(strip) == ["no clear answer"] * 6
    assert "show nothing about the wording" in strip.sentence


def test_the_thought_of_a_model_is_no_part_of_its_answer(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot
) -> None:
    ask(page, qtbot, model="sim:think")
    assert "Answered: Forty-two." in strip.chips[0].words
    assert "Lean" not in strip.chips[0].words


def test_the_last_message_is_asked_where_nothing_is_being_written(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.session.reply_ended):
        page.session.send(QUESTION)
    before = page.session.branch
    run_command(page)
    qtbot.waitUntil(lambda: not strip.is_running)
    assert words(strip) == ["yes", "no"] * 3
    assert page.session.branch == before and len(page.list.rows) == 1


def test_a_chip_tells_all_it_knows_until_it_is_pressed_again(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot
) -> None:
    ask(page, qtbot)
    qtbot.keyClick(strip.chips[3], Qt.Key.Key_Space)
    assert strip._detail.isVisible() and "A friend asked me" in strip._detail.text()
    qtbot.mouseClick(strip.chips[4], Qt.MouseButton.LeftButton)
    assert "do penguins fly Answer" in strip._detail.text() and not strip.chips[3].isChecked()
    qtbot.mouseClick(strip.chips[4], Qt.MouseButton.LeftButton)
    assert not strip._detail.isVisible()


# ---- what goes wrong, and stop -----------------------------------------------------------------


@pytest.fixture
def held(context: AppContext, page: ChatPage) -> Iterator[Lease]:
    """Another task has the model to itself."""
    services, model = context.services, "sim:by-format"
    settings = services.library.load_settings(services.library.resolve(model))
    wish = ContextWish("experiments", 2048, 1, settings)
    lease = result_of(
        services.pool.lease(
            model, settings, context=wish, exclusive=True, holder="the brittleness run"
        )
    )
    yield lease
    lease.release()


def test_it_waits_for_a_run_in_the_words_of_the_chat(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot, held: Lease
) -> None:
    write(page, QUESTION, qtbot)
    press(page, "Ask it six ways", qtbot)
    qtbot.waitUntil(lambda: strip.sentence.startswith("Waiting for the brittleness run, which has"))
    held.release()
    qtbot.waitUntil(lambda: not strip.is_running)
    assert words(strip) == ["yes", "no"] * 3


def test_stop_ends_the_wait(page: ChatPage, strip: YesNoStrip, qtbot: QtBot, held: Lease) -> None:
    write(page, QUESTION, qtbot)
    press(page, "Ask it six ways", qtbot)
    qtbot.waitUntil(lambda: strip.sentence.startswith("Waiting"))
    press(strip, "Stop", qtbot)
    qtbot.waitUntil(lambda: not strip.is_running)
    assert strip.sentence.strip() == "Stopped by you."
    assert not button(strip, "Keep as a chat").isVisible()


def test_esc_stops_and_then_closes(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot, held: Lease
) -> None:
    write(page, QUESTION, qtbot)
    press(page, "Ask it six ways", qtbot)
    qtbot.keyClick(strip, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not strip.is_running)
    qtbot.keyClick(strip, Qt.Key.Key_Escape)
    assert strip.isHidden()


def test_another_question_takes_the_place_of_the_first(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot, held: Lease
) -> None:
    write(page, QUESTION, qtbot)
    press(page, "Ask it six ways", qtbot)
    held.release()
    ask(page, qtbot, "Do fish swim?")
    assert "Do fish swim" in strip.chips[0].words
    assert words(strip) == ["yes", "no"] * 3


@pytest.mark.parametrize(("model", "said"), [("sim:broken", "cannot be loaded"), ("", "No model")])
def test_without_a_model_the_page_says_why(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot, model: str, said: str
) -> None:
    page.context.current_model.choose(model)
    write(page, QUESTION, qtbot)
    press(page, "Ask it six ways", qtbot)
    qtbot.waitUntil(page.error_bar.isVisible)
    assert said in page.error_bar.accessibleDescription()
    assert strip.isHidden()


# ---- from here on ------------------------------------------------------------------------------


def test_one_click_leads_to_a_set_with_the_question(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot
) -> None:
    ask(page, qtbot)
    with qtbot.waitSignal(page.context.navigation.requested) as opened:
        press(strip, "Set up a real run", qtbot)
    assert opened.args == ["labs", f"lab:scenario-design:{QUESTION}"]


def test_nothing_is_saved_until_the_answers_are_kept(
    page: ChatPage, strip: YesNoStrip, qtbot: QtBot
) -> None:
    ask(page, qtbot)
    assert not page.list.rows and page.area.composer.draft[0] == QUESTION
    press(strip, "Keep as a chat", qtbot)
    assert [row.title for row in page.list.rows] == [f"Six ways: {QUESTION}"]
    assert page.session.chat is None and strip.isVisible()
    press(strip, "Open the chat", qtbot)
    asked, reply = page.area.view.messages
    assert (asked.versions, reply.text) == (6, "no")
    assert reply.provenance is not None and reply.provenance.stop_reason == "end"


def test_a_new_chat_closes_the_strip(page: ChatPage, strip: YesNoStrip, qtbot: QtBot) -> None:
    ask(page, qtbot)
    page.new_chat()
    assert strip.isHidden()


@pytest.fixture
def large(context: AppContext) -> Iterator[Theme]:
    context.theme.use("light", 200)
    yield context.theme
    context.theme.use("light", 100)


@pytest.mark.parametrize("width", [360, 620])
def test_large_text_shows_every_answer_whole(large: Theme, qtbot: QtBot, width: int) -> None:
    strip, frame = YesNoStrip(), QWidget()
    qtbot.addWidget(frame)
    QVBoxLayout(frame).addWidget(strip)
    strip.begin(QUESTION)
    strip.take(WordingAnswer(0, Wording("told to think", QUESTION), "", "UNPARSED", 0.4))
    strip.finish()
    large.hand_to(frame)
    frame.resize(width, 900)
    with qtbot.waitExposed(frame):
        frame.show()
    assert frame.width() == width
    assert all(chip.width() >= chip.sizeHint().width() for chip in strip.chips)
