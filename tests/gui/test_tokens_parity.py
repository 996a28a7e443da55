"""The tab "Same tokenizer twice" of the Tokens page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.tokens.page import TokensPage
from app.pages.tokens.parity_tab import OTHERS, STOPPED, ParityTab
from app.pages.tokens.places import PARITY
from tests.labs.tokens.parity_files import json_source


@pytest.fixture
def tab(context: AppContext, qtbot: QtBot) -> Iterator[ParityTab]:
    context.current_model.choose("sim:echo")
    page = TokensPage(context)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.open_target(PARITY)
    yield page.parity
    assert context.jobs.close()


def compared(tab: ParityTab, qtbot: QtBot, one: str, other: str) -> list[str]:
    """Compare, wait, and return what the findings say."""
    tab.sources.choose(0, one)
    tab.sources.choose(1, other)
    tab.begin.click()
    qtbot.waitUntil(lambda: tab.parity is not None, timeout=60_000)
    items = (tab._findings.itemAt(at).widget() for at in range(tab._findings.count()))
    return [item.text() for item in items if item is not None]


def test_the_first_difference_is_framed_in_both_and_its_cause_named(
    tab: ParityTab, qtbot: QtBot, tmp_path: Path
) -> None:
    one = json_source(tmp_path / "a")
    other = json_source(tmp_path / "b", lambda made: made.update(normalizer={"type": "NFKC"}))
    tab.text.editor.setPlainText("so ｗ")
    told = compared(tab, qtbot, one.path, other.path)
    assert told[0].startswith("Not alike") and "(NFKC)" in told[1] and told[2].startswith("Tried")
    first = tab.rows.rows[0]
    assert first.result == "different" and "(NFKC)" in first.cause
    fields = [half.field for half in tab.view.halves]
    assert [field.canvas.cells[field.canvas._marked[0]].text for field in fields][1] == "w"
    assert tab.rows.rows[-1].result == "alike"


def test_a_long_text_is_taken_whole(tab: ParityTab, qtbot: QtBot, tmp_path: Path) -> None:
    one, pasted = json_source(tmp_path), QMimeData()
    pasted.setText("so it is\n" * 8_000)
    tab.text.editor.insertFromMimeData(pasted)
    compared(tab, qtbot, one.path, one.path)
    assert pasted.text() in [row.compared.item.text for row in tab.rows.rows]
    assert "too long to edit" in tab.text.told.text() and tab.text.told.isVisible()


def test_alike_is_said_and_one_that_is_not_there_is_named(
    tab: ParityTab, qtbot: QtBot, tmp_path: Path
) -> None:
    one = json_source(tmp_path)
    assert compared(tab, qtbot, one.path, one.path)[0].startswith("Alike: all")
    tab.sources.choose(1, str(tmp_path / "gone" / "tokenizer.json"))
    with qtbot.waitSignal(tab.failed) as failed:
        tab.begin.click()
    assert "There is no file" in str(failed.args[0])


def test_what_was_found_of_other_sources_does_not_stay(
    tab: ParityTab, qtbot: QtBot, tmp_path: Path
) -> None:
    one = json_source(tmp_path)
    compared(tab, qtbot, one.path, one.path)
    tab.sources.choose(1, "sim:echo")
    assert tab.message.words.text() == OTHERS and tab._stack.currentWidget() is tab.message
    tab.begin.click()
    tab.special.click()
    assert not tab._job.is_running and tab.parity is None


def test_it_can_be_stopped(tab: ParityTab, qtbot: QtBot) -> None:
    tab.begin.click()
    tab.task.stop_requested.emit()
    qtbot.waitUntil(lambda: tab.message.words.text() == STOPPED, timeout=30_000)
