"""The options of a chat: presets by name, the form of the output, and where the focus goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.notices import Notice
from app.pages.chat.options_panel import OptionsPanel
from app.pages.chat.output_form import FREE, GRAMMAR, OutputForm
from app.pages.chat.page import ChatPage
from labs.chat.conversation import ChatOptions


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[ChatPage]:
    made = ChatPage(context)
    qtbot.addWidget(made)
    made.show()
    made._toggle_options()
    yield made
    context.jobs.cancel_all()
    context.jobs.wait_all()


def enter_name(page: ChatPage, qtbot: QtBot, name: str) -> None:
    field = page.options._preset.lineEdit()
    field.selectAll()
    qtbot.keyClicks(field, name)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def names(page: ChatPage) -> list[str]:
    box = page.options._preset
    return [box.itemText(index) for index in range(box.count())]


def heading(page: ChatPage) -> str:
    return page.options._preset_heading.text()


def test_enter_saves_under_a_new_name(page: ChatPage, qtbot: QtBot) -> None:
    page.options.set_value(ChatOptions(system_prompt="Answer in rhyme."))
    enter_name(page, qtbot, "Poet")
    page.options.set_value(ChatOptions())
    enter_name(page, qtbot, "Poet")
    assert page.session.options.system_prompt == "Answer in rhyme."


def test_a_name_that_cannot_be_saved_is_not_in_the_list(page: ChatPage, qtbot: QtBot) -> None:
    before = names(page)
    enter_name(page, qtbot, " ")
    assert names(page) == before


def test_a_deleted_preset_comes_back_with_undo(page: ChatPage, qtbot: QtBot) -> None:
    page.context.notices.attach_window()
    enter_name(page, qtbot, "Poet")
    with qtbot.waitSignal(page.context.notices.shown) as shown:
        page.options._delete.click()
    assert "Poet" not in names(page)
    notice: Notice = shown.args[0]
    assert notice.run is not None
    notice.run()
    assert "Poet" in names(page)
    assert page.options.preset == "Poet"


def test_without_a_preset_there_is_nothing_to_delete(page: ChatPage, qtbot: QtBot) -> None:
    enter_name(page, qtbot, "Poet")
    page.options._sampling._fields["temperature"].setValue(0.3)
    page.options._delete.click()
    assert page.options.preset == ""
    assert page.options._delete.isHidden()


def test_a_preset_that_comes_with_assay_cannot_be_deleted(page: ChatPage) -> None:
    assert page.options.preset == "Balanced"
    assert page.options._delete.isHidden()


def test_a_preset_says_when_it_was_changed(page: ChatPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.options.changed):
        page.options._sampling._fields["temperature"].setValue(0.3)
    assert (page.options.preset, heading(page)) == ("Balanced", "Preset, with changes")
    page.options.preset_chosen.emit("Balanced")
    assert heading(page) == "Preset"


def test_the_preset_is_that_of_the_chat_in_front(page: ChatPage) -> None:
    page.options.preset_chosen.emit("Precise")
    assert page.options.preset == "Precise"
    page.new_chat()
    assert page.options.preset == "Balanced"


def test_a_grammar_is_still_there_after_a_look_at_free_text(qtbot: QtBot) -> None:
    form = OutputForm()
    qtbot.addWidget(form)
    form.set_value('root ::= "a"', "")
    form._kind.setCurrentIndex(FREE)
    form._kind.setCurrentIndex(GRAMMAR)
    assert form.value() == ('root ::= "a"', "")


def test_a_verdict_is_brought_into_sight(qtbot: QtBot) -> None:
    panel = OptionsPanel()
    qtbot.addWidget(panel)
    panel.resize(300, 300)
    panel.set_value(ChatOptions(grammar='root ::= "a"'))
    panel.show()
    panel.show_verdict("It can be used.", good=True)
    qtbot.waitUntil(lambda: in_sight(panel, panel._output.verdict))


def in_sight(panel: OptionsPanel, label: QLabel) -> bool:
    top = label.mapTo(panel.viewport(), label.rect().topLeft()).y()
    return 0 <= top <= panel.viewport().height() - label.height()


def test_the_options_begin_at_their_top(page: ChatPage) -> None:
    page.options.verticalScrollBar().setValue(page.options.verticalScrollBar().maximum())
    page._toggle_options()
    page._toggle_options()
    assert page.options.verticalScrollBar().value() == 0


def test_closing_the_options_leads_back_to_the_message(page: ChatPage, qtbot: QtBot) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.options._preset.hasFocus)
    page._toggle_options()
    qtbot.waitUntil(page.area.composer.text.hasFocus)
