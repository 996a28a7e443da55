"""The chat page with real workers of simulated models, a real store and real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.notices import Notice
from app.pages.chat.page import ChatPage
from app.pages.chat.six_ways import finding
from app.services import Services
from app.widgets.token_popup import TokenPopup
from labs.chat.conversation import ChatOptions
from labs.chat.export import ExportFormat, export_chat
from labs.chat.store import ChatStore
from models.engine.messages import LoadSettings
from models.errors import UserError


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[ChatPage]:
    context.current_model.choose("sim:echo")
    made = ChatPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    yield made
    context.jobs.cancel_all()
    context.jobs.wait_all()


def send(page: ChatPage, model: str, text: str) -> None:
    page.context.current_model.choose(model)
    page.area.composer.text.setPlainText(text)  # what is attached stays
    page.area.composer.text.submitted.emit()


@pytest.fixture
def say(page: ChatPage, qtbot: QtBot) -> Callable[..., None]:
    """Write a message, send it, and wait for the end of the reply."""

    def say_it(text: str, model: str = "sim:echo") -> None:
        with qtbot.waitSignal(page.session.reply_ended):
            send(page, model, text)

    return say_it


Say = Callable[..., None]


def texts(page: ChatPage) -> list[str]:
    return [message.text for message in page.session.branch]


def shown(page: ChatPage) -> list[str]:
    return [message.text for message in page.area.view.messages]


# ---- talking -----------------------------------------------------------------------------------


def test_a_message_gets_its_reply(page: ChatPage, say: Say) -> None:
    say("Hello **you**")
    assert texts(page) == shown(page) == ["Hello **you**", "Hello **you**"]
    assert page.area.composer.draft == ("", ())


def test_the_chat_is_called_after_its_first_message(page: ChatPage, say: Say) -> None:
    say("# Why is the sky blue?\nand so on")
    assert page.list.rows[0].title == "Why is the sky blue?"


def test_stop_keeps_what_came(page: ChatPage, qtbot: QtBot) -> None:
    send(page, "sim:slow", "go")
    qtbot.waitUntil(lambda: any(m.text for m in page.area.view.messages if m.role == "assistant"))
    with qtbot.waitSignal(page.session.reply_ended):
        page.area.composer.stop_requested.emit()
    reply = page.session.branch[-1]
    assert reply.state == "stopped" and reply.text


def test_a_first_message_is_not_counted_while_its_reply_is_asked_for(
    page: ChatPage, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.session.reply_ended):  # the model is loaded now, and can count
        page.session.send("hello")
    page.session.begin()
    jobs: list[object] = []
    page.context.jobs.job_started.connect(jobs.append)
    n_jobs: list[int] = []
    page.session.reply_changed.connect(lambda _shown: n_jobs.append(len(jobs)))
    with qtbot.waitSignal(page.session.reply_ended):
        page.session.send("again")
    assert n_jobs[0] == 1


def test_without_a_model_nothing_is_lost(page: ChatPage) -> None:
    send(page, "", "keep me")
    assert page.error_bar.isVisible()
    assert page.area.composer.draft[0] == "keep me"


def test_a_reply_shows_its_thinking_folded(page: ChatPage, say: Say) -> None:
    say("why?", "sim:think")
    last = page.area.view.messages[-1]
    assert last.text.strip() == "Forty-two." and "short answer" in last.thinking


# ---- versions and branches ---------------------------------------------------------------------


def test_regenerate_makes_a_version(page: ChatPage, say: Say, qtbot: QtBot) -> None:
    say("Hello")
    with qtbot.waitSignal(page.session.reply_ended):
        page.session.regenerate(page.session.branch[-1].id)
    last = page.area.view.messages[-1]
    assert (last.version, last.versions) == (2, 2)
    page.session.step_version(last.id, -1)
    assert page.area.view.messages[-1].version == 1


def test_an_edit_makes_a_branch(page: ChatPage, say: Say, qtbot: QtBot) -> None:
    say("first")
    with qtbot.waitSignal(page.session.reply_ended):
        page.session.edit(page.session.branch[0].id, "second")
    assert texts(page) == ["second", "second"]
    page.session.step_version(page.session.branch[0].id, -1)
    assert texts(page) == ["first", "first"]


def test_continue_goes_on_where_a_reply_stopped(page: ChatPage, say: Say, qtbot: QtBot) -> None:
    say("Hello", "sim:unicode")
    reply = page.session.branch[-1]
    with qtbot.waitSignal(page.session.reply_ended):
        page.session.continue_reply(reply.id)
    assert page.session.branch[-1].text.startswith(reply.text)
    assert page.session.branch[-1].id != reply.id


def test_a_branch_begins_where_it_was_asked_for(page: ChatPage, say: Say) -> None:
    say("one")
    first_reply = page.session.branch[-1].id
    say("two")
    page.session.branch_from(first_reply)
    say("three")
    assert texts(page) == ["one", "one", "three", "three"]


# ---- bad luck ----------------------------------------------------------------------------------


def test_a_crash_shows_a_bar_with_details_and_the_page_lives(page: ChatPage, say: Say) -> None:
    say("please crash", "sim:crash")
    assert page.error_bar.isVisible()
    details = page.error_bar.findChildren(QPushButton)
    assert any(button.text() == "Details" and not button.isHidden() for button in details)
    say("hello again")
    assert texts(page)[-1] == "hello again"
    assert not page.error_bar.isVisible()


def test_a_crash_while_loading_keeps_the_message(page: ChatPage, say: Say) -> None:
    say("keep me", "sim:crash-load")
    assert page.error_bar.isVisible()
    assert texts(page) == ["keep me"]


def test_a_hostile_reply_is_only_text(page: ChatPage, say: Say) -> None:
    say("go", "sim:hostile")
    card = page.area.view.card(page.session.branch[-1].id)
    assert card is not None
    assert "<script>alert(1)</script>" in card.parts.body.markdown.toPlainText()


def test_a_link_opens_only_through_the_bar(page: ChatPage, say: Say, qtbot: QtBot) -> None:
    say("go", "sim:markdown")
    card = page.area.view.card(page.session.branch[-1].id)
    assert card is not None and page.area.links.isHidden()
    card.parts.body.anchorClicked.emit(QUrl("link:0"))
    assert page.area.links.isVisible()
    assert page.area.links.address == "https://example.org/"


@pytest.fixture
def on_full_disk(
    context: AppContext, services: Services, tmp_path: Path, qtbot: QtBot
) -> Iterator[Callable[[int], ChatPage]]:
    """Opens a page whose chat file may have that many pages of 4 kB."""
    stores: list[ChatStore] = []

    def open_page(max_pages: int) -> ChatPage:
        stores.append(ChatStore(tmp_path / "full.sqlite", max_pages=max_pages))
        page = ChatPage(replace(context, services=replace(services, chats=stores[-1])))
        qtbot.addWidget(page)
        page.show()
        return page

    yield open_page
    for store in stores:
        store.close()


def test_a_full_disk_is_a_sentence_and_the_text_stays(
    on_full_disk: Callable[[int], ChatPage],
) -> None:
    page, text = on_full_disk(24), "fill it up " * 30_000
    send(page, "sim:echo", text)
    assert page.error_bar.isVisible()
    assert "full" in page.error_bar.accessibleDescription()
    assert page.area.composer.draft[0] == text


def test_a_disk_that_fills_while_a_reply_grows_is_a_sentence(
    on_full_disk: Callable[[int], ChatPage], qtbot: QtBot
) -> None:
    page = on_full_disk(48)
    send(page, "sim:long", "go")
    qtbot.waitUntil(page.error_bar.isVisible)
    assert "full" in page.error_bar.accessibleDescription()
    page.session.stop()
    qtbot.waitUntil(lambda: not page.session.is_busy)
    assert page.area.view.messages[-1].text


# ---- lens and what was sent --------------------------------------------------------------------


def test_the_lens_shows_alternatives_and_one_becomes_a_branch(
    page: ChatPage, say: Say, qtbot: QtBot
) -> None:
    say("one two three")
    reply = page.session.branch[-1]
    page.session.toggle_lens(reply.id)
    card = page.area.view.card(reply.id)
    assert card is not None and card.parts.strip is not None
    card.parts.strip.canvas.opened.emit(1, card.rect().center())
    popup = card.parts.strip.findChild(TokenPopup)
    with qtbot.waitSignal(page.session.reply_ended):
        next(b for b in popup.findChildren(QPushButton)).click()
    assert page.area.view.messages[-1].versions == 2


def test_what_was_sent_is_shown_by_origin(page: ChatPage, say: Say) -> None:
    page.session.set_options(ChatOptions(system_prompt="Be brief."))
    say("hello")
    page.last.see_sent()
    origins = {cell.origin for cell in page.sent.strip.canvas.cells}
    assert origins >= {"system", "template", "user"}
    assert page.sent.isVisible()


def test_what_did_not_fit_is_marked_and_named(page: ChatPage, say: Say) -> None:
    library = page.context.services.library
    entry = library.resolve("sim:echo")
    library.save_load_settings(entry, LoadSettings(n_ctx=128))
    page.session.set_options(ChatOptions(overflow="rolling_window", max_tokens=16))
    for number in range(4):
        say(f"message {number} " + "with some more words " * 4)
    left_out = [m for m in page.area.view.messages if m.left_out]
    assert left_out
    page.last.see_sent()
    assert "message 0" in page.sent._dropped.text()


# ---- the list ----------------------------------------------------------------------------------


def test_search_finds_words_in_all_chats(page: ChatPage, say: Say, qtbot: QtBot) -> None:
    say("the moon is made of rock")
    page.new_chat()
    say("something else")
    page.list.search.setText("moon")
    qtbot.waitUntil(lambda: bool(page.list.rows) and bool(page.list.rows[0].snippet))
    assert all("moon" in row.snippet + row.title for row in page.list.rows)


def test_a_binned_chat_comes_back_with_undo(page: ChatPage, say: Say) -> None:
    said: list[Notice] = []
    page.context.notices.attach_window()
    page.context.notices.shown.connect(said.append)
    say("precious")
    page._bin_current()
    assert page.list.rows == ()
    undo = said[-1].run
    assert said[-1].action == "Undo" and undo is not None
    undo()
    assert texts(page) == ["precious", "precious"]


def test_pinned_chats_stand_first(page: ChatPage, say: Say) -> None:
    say("older")
    page.new_chat()
    say("newer")
    page.list.pin_requested.emit(page.list.rows[1].chat_id, True)
    assert [row.title for row in page.list.rows] == ["older", "newer"]
    assert page.list.rows[0].pinned


def test_a_new_name_is_kept(page: ChatPage, say: Say) -> None:
    say("hello")
    page.list.renamed.emit(page.list.rows[0].chat_id, "Greetings")
    assert page.list.rows[0].title == "Greetings"


def test_the_last_chat_is_open_again_next_time(page: ChatPage, say: Say, qtbot: QtBot) -> None:
    say("remember me")
    again = ChatPage(page.context)
    qtbot.addWidget(again)
    assert texts(again) == ["remember me", "remember me"]


# ---- suggestions -------------------------------------------------------------------------------


def test_one_question_is_asked_six_ways(page: ChatPage, qtbot: QtBot) -> None:
    page.area.empty.suggested.emit("six_ways")
    panel = page.area.six_ways
    with qtbot.waitSignal(page._six_ways.chat_made):
        panel._on_ask()
    answers = [card.answer for card in panel.cards]
    assert answers == [card.wording.toPlainText() for card in panel.cards]
    panel._on_open()
    assert page.area.view.messages[0].versions == 6


def test_the_unsure_suggestion_ends_in_the_lens(page: ChatPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.session.reply_ended):
        page.area.empty.suggested.emit("unsure")
    assert page.area.view.messages[-1].lens is not None


@pytest.mark.parametrize(
    ("grammar", "verdict"),
    [('root ::= "yes" | "no"', "It can be used."), ('root ::= "yes', "root")],
)
def test_a_grammar_is_checked_by_the_native_parser(
    page: ChatPage, qtbot: QtBot, grammar: str, verdict: str
) -> None:
    page.options.set_value(ChatOptions(grammar=grammar))
    page.options._output._check.click()
    label = page.options._output.verdict
    qtbot.waitUntil(lambda: verdict in label.text())


# ---- files and presets -------------------------------------------------------------------------


def test_a_text_file_goes_along_and_an_image_gets_a_sentence(
    page: ChatPage, say: Say, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("remember the milk")
    (tmp_path / "photo.png").write_bytes(b"x")
    (tmp_path / "sound.wav").write_bytes(bytes(9))
    page.area.composer.files_given.emit([str(path) for path in sorted(tmp_path.glob("*.*"))])
    told = page.area.composer._note.text()
    assert "photo.png: images are not supported yet" in told and "sound.wav is not a text" in told
    page.area.composer.files_given.emit([str(tmp_path / "sound.wav")] * 60)
    assert page.area.composer._note.text().count("sound.wav") == 4
    assert page.area.composer._note.text().endswith("56 more cannot be attached either.")
    say("what is in it?")
    assert page.session.branch[0].attachments[0].text == "remember the milk"
    page.last.see_sent()
    assert "document" in {cell.origin for cell in page.sent.strip.canvas.cells}


def test_a_chat_that_begins_with_a_file_alone_has_its_name(
    page: ChatPage, say: Say, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("x")
    page.area.composer.files_given.emit([str(tmp_path / "notes.txt")])
    say("")
    assert page.session.chat is not None
    assert page.context.services.chats.chat(page.session.chat.id).title == "notes.txt"
    assert page.area.view.messages[0].text == ""
    card = page.area.view.card(page.session.branch[0].id)
    assert (
        card is not None and card.parts.words.files.text() == "notes.txt, 1\N{NO-BREAK SPACE}byte"
    )


def test_a_reply_stays_in_sight_where_another_version_could_not_begin(
    page: ChatPage, say: Say, qtbot: QtBot, tmp_path: Path
) -> None:
    say("once more")
    before = texts(page)
    page.context.current_model.choose(str(tmp_path / "gone.gguf"))
    with qtbot.waitSignal(page.session.reply_ended):
        page.last.regenerate()
    assert texts(page) == before and shown(page) == before
    assert page.session.chat is not None and page.session.open(page.session.chat.id)
    assert texts(page) == before and page.error_bar.isVisible()


def test_what_went_wrong_is_not_said_of_the_next_try(
    page: ChatPage, say: Say, qtbot: QtBot
) -> None:
    say("once more")
    page.show_error(UserError("The engine was ended from outside."))
    with qtbot.waitSignal(page.session.reply_ended):
        page.last.regenerate()
    assert not page.error_bar.isVisible()


@pytest.mark.parametrize("format", ["markdown", "html", "json"])
def test_a_chat_is_exported(
    page: ChatPage, say: Say, qtbot: QtBot, tmp_path: Path, format: ExportFormat
) -> None:
    say("take me <b>out</b>")
    assert page.session.chat is not None
    page.context.notices.attach_window()
    with qtbot.waitSignal(page.context.notices.shown):
        page._transfer.export_to(page.session.chat.id, format, tmp_path / "chat")
    assert "take me" in (tmp_path / "chat").read_text()


def test_an_exported_chat_comes_back(
    page: ChatPage, say: Say, qtbot: QtBot, tmp_path: Path
) -> None:
    say("there and back")
    before = page.session.chat
    assert before is not None
    path = tmp_path / "chat.json"
    path.write_text(export_chat(page.context.services.chats, before.id, "json"))
    with qtbot.waitSignal(page._transfer.imported):
        page._transfer.import_file(str(path))
    assert page.session.chat is not None and page.session.chat.id != before.id
    assert texts(page) == ["there and back", "there and back"]


def test_a_file_that_is_no_chat_is_refused(page: ChatPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with qtbot.waitSignal(page._transfer.failed):
        page._transfer.import_file(str(tmp_path / "other.json"))
    assert page.error_bar.isVisible()


def test_options_are_saved_as_a_preset_and_chosen_again(page: ChatPage) -> None:
    page.options.set_value(ChatOptions(system_prompt="Answer in rhyme."))
    page.options.preset_save_requested.emit("Poet")
    page.new_chat()
    assert page.session.options.system_prompt == ""
    page.options.preset_chosen.emit("Poet")
    assert page.session.options.system_prompt == "Answer in rhyme."


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (
            ["Yes, it is.", "No.", "**Yes**", "Hm"],
            "Of 4 answers, by their first word: yes 2, no 1, neither 1.",
        ),
        (["It is.", "It is."], "All 2 answers are the same, to the letter."),
        (["It is.", "Perhaps."], "2 answers, 2 of them different."),
    ],
)
def test_the_finding_says_how_far_answers_agree(answers: list[str], sentence: str) -> None:
    assert finding(answers) == sentence


# ---- reach -------------------------------------------------------------------------------------


def test_every_control_has_a_name(page: ChatPage, say: Say) -> None:
    say("hello", "sim:markdown")
    page.session.toggle_lens(page.session.branch[-1].id)
    page.last.see_sent()
    page._toggle_options()
    unnamed = [
        f"{type(widget).__name__} in {widget.parent()}"
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.accessibleName()
        and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QAbstractScrollArea)
        and not isinstance(widget, QScrollBar | QLabel)
    ]
    assert "\n".join(unnamed) == ""


def test_the_last_code_block_is_copied(page: ChatPage, say: Say) -> None:
    say("code please", "sim:markdown")
    page.last.copy_code()
    assert QGuiApplication.clipboard().text().startswith("def area")


def test_commands_have_different_names_and_shortcuts(page: ChatPage) -> None:
    commands = page.commands()
    shortcuts = [command.shortcut for command in commands if command.shortcut]
    assert len({command.name for command in commands}) == len(commands)
    assert len(set(shortcuts)) == len(shortcuts)


def test_a_narrow_window_makes_room_for_the_options(page: ChatPage) -> None:
    page.resize(900, 600)
    page._toggle_options()
    assert page.list.isHidden() and page.options.isVisible()
    page._toggle_options()
    assert page.list.isVisible() and not page.options.isVisible()


def test_what_was_sent_goes_away_with_its_chat(page: ChatPage, say: Say) -> None:
    say("Hello")
    page.last.see_sent()
    assert page.side.isVisible()
    page.new_chat()
    assert not page.side.isVisible()


def test_the_open_chat_comes_back_from_behind_the_six_ways(page: ChatPage, say: Say) -> None:
    say("Hello")
    page.area.show_six_ways()
    assert page.session.chat is not None
    page.list.opened.emit(page.session.chat.id, None)
    assert page.area.stack.currentWidget() is page.area.view


def test_thinking_time_is_there_when_the_chat_is_opened_again(page: ChatPage, say: Say) -> None:
    say("why?", "sim:think")
    assert page.session.chat is not None
    chat_id = page.session.chat.id
    page.new_chat()
    page.open_target(str(chat_id))
    assert page.area.view.messages[-1].thinking_s is not None


def test_the_list_makes_room_for_the_options_and_comes_back(page: ChatPage) -> None:
    page._toggle_options()
    page.resize(900, 700)
    assert page.list.isHidden()
    assert page.side.width() >= page.options.needed_px
    page.resize(1300, 700)
    assert page.list.isVisible()
