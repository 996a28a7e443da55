"""The switch that serves models, with a server that is really asked."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.network.page import NetworkPage
from app.pages.network.places import PLACES
from app.pages.network.serving_section import HIDDEN, NOT_KEPT, OFF, ServingSection
from tests.servers.kept_tokens import KeptTokens


@pytest.fixture
def tokens() -> KeptTokens:
    return KeptTokens()


@pytest.fixture
def section(context: AppContext, tokens: KeptTokens, qtbot: QtBot) -> ServingSection:
    made = ServingSection(context, tokens)
    qtbot.addWidget(made)
    made.show()
    return made


def switch_on(section: ServingSection, qtbot: QtBot) -> None:
    section.switch.click()
    qtbot.waitUntil(lambda: section.address.isVisible(), timeout=10_000)


def switch_off(section: ServingSection, qtbot: QtBot) -> None:
    section.switch.click()
    qtbot.waitUntil(lambda: section.sentence.text() == OFF, timeout=10_000)


def shown_token(section: ServingSection) -> str:
    section.show_token.setChecked(True)
    return section.token.text()


def listed(section: ServingSection, token: str) -> list[str]:
    with openai.OpenAI(base_url=section.address.text(), api_key=token, max_retries=0) as client:
        return [model.id for model in client.models.list()]


def test_nothing_is_served_until_the_switch_is_on(section: ServingSection) -> None:
    assert not section.switch.isChecked() and not section.address.isVisible()
    assert section.sentence.text() == OFF


def test_a_program_is_served_while_the_switch_is_on(section: ServingSection, qtbot: QtBot) -> None:
    switch_on(section, qtbot)
    address, token = section.address.text(), shown_token(section)
    messages: Any = [{"role": "user", "content": "hello"}]
    with openai.OpenAI(base_url=address, api_key=token, max_retries=0) as client:
        done = client.chat.completions.create(model="sim:echo", messages=messages)
    assert done.choices[0].message.content == "hello"
    qtbot.waitUntil(lambda: section.requests.text() == "0 now, 0 waiting, 1 answered")
    switch_off(section, qtbot)
    with (
        pytest.raises(openai.APIConnectionError),
        openai.OpenAI(base_url=address, api_key=token, max_retries=0) as client,
    ):
        client.models.list()


def test_the_token_is_hidden_until_asked_for_and_copied_whole(
    section: ServingSection, tokens: KeptTokens, qtbot: QtBot
) -> None:
    switch_on(section, qtbot)
    assert section.token.text() == HIDDEN
    section.copy_token.click()
    copied = QGuiApplication.clipboard().text()
    assert copied == shown_token(section) == tokens.kept["serving"]
    switch_off(section, qtbot)


def test_a_new_token_takes_the_place_of_the_old_one(section: ServingSection, qtbot: QtBot) -> None:
    switch_on(section, qtbot)
    before = shown_token(section)
    section.new_token.click()
    qtbot.waitUntil(lambda: section.token.text() != before)
    assert listed(section, section.token.text()) == []
    with pytest.raises(openai.AuthenticationError):
        listed(section, before)
    switch_off(section, qtbot)


def test_the_token_stays_the_same_from_one_time_to_the_next(
    section: ServingSection, qtbot: QtBot
) -> None:
    switch_on(section, qtbot)
    before = shown_token(section)
    switch_off(section, qtbot)
    switch_on(section, qtbot)
    assert shown_token(section) == before
    switch_off(section, qtbot)


def test_without_a_keyring_it_serves_all_the_same_and_says_what_that_means(
    section: ServingSection, tokens: KeptTokens, qtbot: QtBot
) -> None:
    tokens.is_missing = True
    switch_on(section, qtbot)
    assert NOT_KEPT in [label.text() for label in section.findChildren(type(section.sentence))]
    assert listed(section, shown_token(section)) == []
    switch_off(section, qtbot)


def test_the_end_of_all_tasks_ends_the_server(
    section: ServingSection, context: AppContext, qtbot: QtBot
) -> None:
    switch_on(section, qtbot)
    address, token = section.address.text(), shown_token(section)
    assert context.jobs.close()
    with (
        pytest.raises(openai.APIConnectionError),
        openai.OpenAI(base_url=address, api_key=token, max_retries=0) as client,
    ):
        client.models.list()


def test_the_palette_leads_to_the_switch(context: AppContext, qtbot: QtBot) -> None:
    page = NetworkPage(context)
    qtbot.addWidget(page)
    page.show()
    [place] = PLACES
    page.open_target(place.target)
    assert page.focusWidget() is page.serving.switch
