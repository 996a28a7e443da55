"""The Languages tab of the Tokens page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.tokens.language_work import compare_languages, measure_speeds
from app.pages.tokens.languages_tab import STOPPED, LanguagesTab
from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import LANGUAGES
from app.pages.tokens.tokenizer_row import TokenizerRow
from labs.tokens.report import REPORT_NAME
from models.cancel import CancelToken
from models.errors import UserError
from models.long_work import result_of


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[TokensPage]:
    context.current_model.choose("sim:echo")
    made = TokensPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: len(made.text.columns) == 2)
    yield made
    assert context.jobs.close()


def compared(page: TokensPage, qtbot: QtBot) -> LanguagesTab:
    page.open_target(LANGUAGES)
    tab = page.languages
    qtbot.waitUntil(lambda: tab.languages is not None and not tab._job.is_running, timeout=60_000)
    return tab


def test_it_compares_when_it_is_first_seen_and_again_with_another_language(
    page: TokensPage, qtbot: QtBot
) -> None:
    tab = compared(page, qtbot)
    assert len(tab.rows.rows) == 48 and "With cl100k, Burmese takes 15.7" in tab.finding.text()
    tab.reference.setCurrentIndex(tab.reference.findData("my"))
    tab.reference.activated.emit(tab.reference.currentIndex())
    qtbot.waitUntil(lambda: "tokens of Burmese" in tab.finding.text())
    tab.as_table.click()
    assert tab._stack.currentWidget() is tab.table
    qtbot.waitUntil(lambda: tab.chart.chart._job is None or not tab.chart.chart._job.is_running)


def test_reading_speed_is_measured_when_asked_and_a_tokenizer_that_fails_says_why(
    page: TokensPage, qtbot: QtBot, tmp_path: Path
) -> None:
    page.languages.tokenizers.choose(1, str(tmp_path / "tokenizer.json"))
    tab = compared(page, qtbot)
    assert "There is no file" in tab.problems.text() and len(tab.rows.rows) == 24
    assert tab.rows.rows[0].context and tab.rows.rows[0].read_s is None
    tab.speed.click()
    qtbot.waitUntil(lambda: tab.rows.rows[0].read_s is not None, timeout=60_000)


def test_a_model_that_fails_keeps_the_reading_speed_of_the_others(context: AppContext) -> None:
    names = ("sim:crash-load", "sim:echo")
    work = compare_languages(context.services, names, "en", {}, CancelToken())
    found = result_of(measure_speeds(context.services, result_of(work), CancelToken()))
    speeds = {row.tokenizer: row.read_s for row in found.rows}
    assert speeds["sim:crash-load"] is None and speeds["sim:echo"]
    (problem,) = found.problems
    assert problem.startswith("sim:crash-load: its reading speed could not be measured.")


def test_it_can_be_stopped_and_begun_again(page: TokensPage, qtbot: QtBot) -> None:
    page.open_target(LANGUAGES)
    tab = page.languages
    page.activateWindow()
    tab.task.setFocus()
    tab.task.stop_requested.emit()
    qtbot.waitUntil(lambda: tab.message.words.text() == STOPPED, timeout=30_000)
    assert tab.languages is None and page.window().focusWidget() is tab.again


def test_stopped_for_other_tokenizers_it_shows_nothing_of_those_before(
    page: TokensPage, qtbot: QtBot
) -> None:
    tab = compared(page, qtbot)
    tab.tokenizers.add.click()
    tab.task.stop_requested.emit()
    qtbot.waitUntil(lambda: not tab._job.is_running, timeout=30_000)
    assert tab.message.words.text() == STOPPED and tab.again.isVisible()
    tab.again.click()
    qtbot.waitUntil(lambda: len(tab.rows.rows) == 72, timeout=60_000)


def test_the_focus_of_a_tokenizer_that_is_taken_away_goes_to_its_neighbour(
    context: AppContext, qtbot: QtBot
) -> None:
    row = TokenizerRow(context, ("sim:echo", "cl100k"))
    qtbot.addWidget(row)
    row.show()
    row.activateWindow()
    row.choices[1].close_button.setFocus()
    row.choices[1].close_button.click()
    assert row.window().focusWidget() is row.choices[0].picker


def test_what_the_page_shows_can_be_kept_for_a_lab_sheet(page: TokensPage, qtbot: QtBot) -> None:
    artifact = next(each for each in page.artifacts() if each.name == REPORT_NAME)
    with pytest.raises(UserError, match="Nothing was counted"):
        artifact.make()
    page.text.source.editor.setPlainText("one two")
    qtbot.waitUntil(lambda: all(c.view for c in page.text.columns), timeout=30_000)
    compared(page, qtbot)
    told = json.loads(artifact.make())
    assert told["text"]["tokenizers"][0]["tokens_per_word"] == 1.0
    assert told["languages"]["reference"] == "en" and len(told["languages"]["rows"]) == 48
