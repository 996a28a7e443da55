"""At 200 % in the smallest window nothing that is to be read is cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.chat.empty_state import EmptyState, SuggestionCard
from app.pages.chat.options_panel import OptionsPanel
from app.pages.chat.six_ways_panel import SixWaysPanel
from app.pages.models.page import ModelsPage
from app.pages.tokens.languages_tab import LanguagesTab
from app.pages.tokens.merges_tab import MergesTab
from app.pages.tokens.parity_tab import ParityTab
from app.shell.theme import Theme
from app.widgets.message_view.action_row import ActionButton
from app.widgets.message_view.shown import ShownMessage
from app.widgets.message_view.view import MessageView


@pytest.fixture
def theme(context: AppContext) -> Iterator[Theme]:
    context.theme.use("light", 200)
    yield context.theme
    context.theme.use("light", 100)


def show(widget: QWidget, theme: Theme, qtbot: QtBot, width: int, height: int) -> None:
    qtbot.addWidget(widget)
    theme.hand_to(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()


@pytest.mark.parametrize("width", [360, 620])
def test_suggestions_show_all_their_words(theme: Theme, qtbot: QtBot, width: int) -> None:
    empty = EmptyState()
    show(empty, theme, qtbot, width, 300)
    labels = [label for card in empty.findChildren(SuggestionCard)
              for label in card.findChildren(QLabel)]  # fmt: skip
    assert all(label.height() >= label.heightForWidth(label.width()) for label in labels)


def test_the_options_need_no_more_room_than_there_is(theme: Theme, qtbot: QtBot) -> None:
    panel = OptionsPanel()
    panel._sampling._toggle_more()
    panel._delete.show()
    show(panel, theme, qtbot, 480, 480)
    assert panel.needed_px <= 480


def test_the_models_page_names_its_models(context: AppContext, theme: Theme, qtbot: QtBot) -> None:
    page = ModelsPage(context)
    page.inspector.parentWidget().show()  # as for a model that is chosen
    show(page, theme, qtbot, 856, 488)
    header = page.list.table.horizontalHeader()
    assert header.sectionSize(0) >= 300
    assert page.inspector.chat_button.width() >= page.inspector.chat_button.sizeHint().width()
    assert page.inspector._fit_page.width() <= page.inspector.width()


@pytest.mark.parametrize("tab", [LanguagesTab, MergesTab, ParityTab])
def test_the_tables_of_tokens_show_their_titles_whole(
    context: AppContext, theme: Theme, qtbot: QtBot, tab: Callable[[AppContext], QWidget]
) -> None:
    made = tab(context)
    show(made, theme, qtbot, 856, 488)
    header = made.table.horizontalHeader()
    assert [
        made.table.model().headerData(column, Qt.Orientation.Horizontal)
        for column in range(header.count())
        if header.sectionSize(column) < header.sectionSizeHint(column)
    ] == []


@pytest.mark.parametrize("width", [360, 620])
def test_actions_of_a_reply_show_all_their_words(theme: Theme, qtbot: QtBot, width: int) -> None:
    view = MessageView()
    show(view, theme, qtbot, width, 480)
    view.set_messages([ShownMessage(1, "assistant", "Yes.", is_last=True)])
    actions = view.findChildren(ActionButton)
    assert all(action.width() >= action.sizeHint().width() for action in actions)


@pytest.mark.parametrize("width", [400, 620])
def test_six_ways_need_no_scrolling_to_the_side(theme: Theme, qtbot: QtBot, width: int) -> None:
    panel = SixWaysPanel()
    show(panel, theme, qtbot, width, 480)
    assert panel.findChild(QScrollArea).horizontalScrollBar().maximum() == 0
