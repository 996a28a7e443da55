"""Two models side by side on one message, with real workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QScrollBar
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.chat.compare.panel import ComparePanel
from app.pages.chat.compare.run import CompareRun
from app.pages.chat.compare.scroll_together import ScrollTogether
from app.pages.chat.page import ChatPage
from app.widgets.model_picker import ModelPicker
from labs.chat.conversation import ChatOptions
from models.hardware.memory import MemoryFree

QUESTION = "Tell me about the sea."


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[ChatPage]:
    context.current_model.choose("sim:echo")
    made = ChatPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    yield made
    context.jobs.cancel_all()
    context.jobs.wait_all()


@pytest.fixture
def panel(page: ChatPage) -> ComparePanel:
    next(command for command in page.commands() if command.name == "Compare two models").run()
    assert page.comparison.panel is not None
    return page.comparison.panel


def send(panel: ComparePanel, right: str, text: str = QUESTION) -> None:
    panel.right.choose(right)
    panel.composer.submitted.emit(text, ())


def wait_for_both(panel: ComparePanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: all(c.reply and c.reply.state != "streaming" for c in panel.columns))
    qtbot.waitUntil(lambda: not panel.composer.is_busy)


def test_the_current_model_stands_on_the_left(panel: ComparePanel) -> None:
    assert panel.left.model == "sim:echo" and not panel.right.model


def test_both_models_answer_and_what_differs_is_marked(panel, qtbot) -> None:
    send(panel, "sim:markdown")
    wait_for_both(panel, qtbot)
    assert panel.left.shown_text == QUESTION
    assert "A reply with everything in it" in panel.right.shown_text
    card = panel.left.view.card(panel.left.reply.id)
    assert card.differing == ["Tell me about the sea"]
    assert "of the words stand in both replies" in panel.state.text()


def test_marks_can_be_taken_away(panel, qtbot) -> None:
    send(panel, "sim:markdown")
    wait_for_both(panel, qtbot)
    panel.marks.click()
    assert panel.left.view.card(panel.left.reply.id).differing == []


def test_files_go_along_with_a_message_to_both(page, panel, qtbot, tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("remember the milk", encoding="utf-8")
    panel.right.choose("sim:markdown")
    panel.composer.files_given.emit([str(tmp_path / "notes.txt"), str(tmp_path / "gone.txt")])
    assert "gone.txt" in panel.composer._note.text()
    panel.composer.text.submitted.emit()
    wait_for_both(panel, qtbot)
    (chat,) = page.context.services.chats.chats()
    asked = page.context.services.chats.messages(chat.id)[0]
    assert asked.attachments[0].text == "remember the milk" and chat.title == "Compared: notes.txt"


def test_numbers_stand_below_each_reply(panel, qtbot) -> None:
    send(panel, "sim:think")
    wait_for_both(panel, qtbot)
    for column in panel.columns:
        assert column.reply.provenance.reply_tokens > 0
        assert column.reply.provenance.seed == panel.left.reply.provenance.seed >= 0


def test_both_replies_are_kept_as_versions_of_one(page, panel, qtbot) -> None:
    send(panel, "sim:markdown")
    wait_for_both(panel, qtbot)
    (chat,) = page.context.services.chats.chats()
    asked, *replies = page.context.services.chats.messages(chat.id)
    assert chat.title.startswith("Compared: ")
    assert {reply.parent_id for reply in replies} == {asked.id}
    assert {reply.provenance.model_name for reply in replies} == {"sim:echo", "sim:markdown"}


def test_one_goes_on_with_the_reply_one_likes_and_its_model(page, panel, qtbot) -> None:
    send(panel, "sim:markdown")
    wait_for_both(panel, qtbot)
    panel.right.view.acted.emit("keep", panel.right.reply.id)
    assert page.context.current_model.model == "sim:markdown"
    assert page.session.branch[-1].id == panel.right.reply.id
    assert page.area.stack.currentWidget() is page.area.view


def test_stop_keeps_what_both_have(panel, qtbot) -> None:
    panel.left.choose("sim:long")
    send(panel, "sim:slow")
    qtbot.waitUntil(lambda: all(c.reply and len(c.reply.text) > 40 for c in panel.columns))
    panel.composer.stop_requested.emit()
    wait_for_both(panel, qtbot)
    assert [c.reply.state for c in panel.columns] == ["stopped", "stopped"]


def test_a_model_that_fails_leaves_the_other_its_reply(panel, qtbot) -> None:
    send(panel, "sim:crash", "crash now")
    wait_for_both(panel, qtbot)
    assert panel.left.reply.state == "complete"
    assert panel.right.reply.state == "failed" and panel.right.reply.error.endswith(".")


def test_it_can_be_closed_before_anything_was_asked(page, panel) -> None:
    panel.closed.emit()
    assert page.area.stack.currentWidget() is page.area.empty


def test_a_model_that_is_gone_costs_neither_message_nor_the_next_try(page, panel, qtbot) -> None:
    panel.composer.set_draft(QUESTION)
    send(panel, "/nowhere/gone.gguf")
    qtbot.waitUntil(lambda: page.error_bar.isVisible() and not panel.composer.is_busy)
    assert panel.composer.draft[0] == QUESTION
    send(panel, "sim:markdown")
    wait_for_both(panel, qtbot)


def test_another_choice_meanwhile_does_not_change_who_wrote_a_reply(page, panel, qtbot) -> None:
    send(panel, "sim:markdown")
    wait_for_both(panel, qtbot)
    panel.right.choose("sim:unicode")
    panel.right.view.acted.emit("keep", panel.right.reply.id)
    assert page.context.current_model.model == "sim:markdown"


@pytest.mark.model
def test_where_memory_forbids_both_the_second_waits_for_the_first(
    context: AppContext, starter: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "other.gguf"
    other.symlink_to(starter)
    panel = ComparePanel(ModelPicker(), ModelPicker())
    qtbot.addWidget(panel)
    little = MemoryFree(100 << 20, 1 << 34)
    options = ChatOptions(max_tokens=12)
    run = CompareRun(context, panel, lambda: options, panel, lambda: little)
    at_work: list[int] = []
    panel.left.choose(str(starter))
    panel.right.choose(str(other))
    stop = context.services.pool.subscribe(lambda: at_work.append(len(context.jobs.running)))
    panel.show()
    panel.composer.submitted.emit(QUESTION, ())
    wait_for_both(panel, qtbot)
    stop()
    assert run is not None and max(at_work) == 1
    assert [column.reply.state for column in panel.columns] == ["complete", "complete"]


@pytest.mark.parametrize("right", ["", "sim:echo"])
def test_two_different_models_are_needed(page, panel, qtbot, right) -> None:
    panel.composer.set_draft(QUESTION)
    send(panel, right)
    assert "Two different models" in page.error_bar.accessibleDescription()
    assert panel.composer.draft[0] == QUESTION


def test_bars_move_as_one_until_they_are_let_go(qtbot) -> None:
    left, right = QScrollBar(), QScrollBar()
    for bar, most in ((left, 100), (right, 400)):
        qtbot.addWidget(bar)
        bar.setRange(0, most)
    both = ScrollTogether(left, right, left)
    left.setValue(50)
    assert right.value() == 200
    both.is_on = False
    left.setValue(0)
    assert right.value() == 200
