"""The tab of the Tokens page where a tokenizer is trained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import TRAIN
from app.pages.tokens.train_curve import ticks
from app.pages.tokens.train_form import OWN
from app.pages.tokens.train_tab import CHANGED, PURPOSE, STOPPED, TrainTab
from labs.tokens.parallel import ENGLISH
from labs.tokens.report import REPORT_NAME


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[TokensPage]:
    context.current_model.choose("sim:echo")
    made = TokensPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    yield made
    assert context.jobs.close()


@pytest.fixture
def tab(page: TokensPage, qtbot: QtBot) -> TrainTab:
    page.open_target(TRAIN)
    qtbot.waitUntil(lambda: page.train.trained is not None)
    return page.train


def learn(tab: TrainTab, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not tab._job.is_running)


def test_fifty_merges_are_learned_and_dragging_cuts_both_texts_with_the_first_of_them(
    tab: TrainTab, qtbot: QtBot
) -> None:
    assert len(tab.rows.rows) == 50 and "1.68 bytes of English" in tab.finding.text()
    tab.slider.setValue(0)
    assert all(len(cell.raw) == 1 for cell in tab.fields[0].canvas.cells)
    assert "1.00 bytes of English" in tab.finding.text()
    middle = tab.curve.rect().center()
    qtbot.mouseClick(tab.curve, Qt.MouseButton.LeftButton, pos=middle)
    assert 15 < tab.slider.value() < 35


def test_a_row_of_the_table_shows_the_text_after_that_merge(tab: TrainTab, qtbot: QtBot) -> None:
    tab.table.setCurrentIndex(tab.table.model().index(2, 0))
    tab.table.clicked.emit(tab.table.currentIndex())
    assert tab.slider.value() == 3
    newest = {cell.raw for cell in tab.fields[0].canvas.cells if cell.mark == "newest"}
    assert newest == {tab.rows.rows[2].token}


def test_a_text_of_ones_own_is_learned_from_and_goes_into_the_report(
    page: TokensPage, tab: TrainTab, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("low low low lower")
    tab.file.open(tmp_path / "mine.txt")
    qtbot.waitUntil(lambda: len(tab.rows.rows) == 3)
    assert tab.form.learned_from.currentData() == OWN and tab.form.own.isVisible()
    assert "it ended early" in tab.finding.text()
    report = next(each for each in page.artifacts() if each.name == REPORT_NAME).make()
    assert json.loads(str(report))["trained"]["merges"][0]["left"] == "l"


def test_what_teaches_nothing_says_so(tab: TrainTab, qtbot: QtBot) -> None:
    tab.form.choose_own()
    tab.form.own.editor.setPlainText("abc")
    tab.form.learn_button.click()
    learn(tab, qtbot)
    assert tab.trained is None and "nothing to learn" in tab.message.words.text()


def test_it_can_be_stopped_and_what_was_learned_before_stays(tab: TrainTab, qtbot: QtBot) -> None:
    tab.form.n_merges.setValue(2000)
    tab.learn()
    tab.form.stop_asked.emit()
    learn(tab, qtbot)
    assert tab.trained is not None and tab.message.words.text() != STOPPED


def test_a_file_that_cannot_be_read_changes_nothing(
    tab: TrainTab, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(tab.failed):
        tab.file.open(tmp_path / "gone.txt")
    assert tab.form.learned_from.currentData() == ENGLISH and tab.trained is not None


def test_the_file_that_was_opened_last_is_learned_from(
    tab: TrainTab, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text("a longer text, word by word. " * 40_000)
    (tmp_path / "short.txt").write_text("low low low lower")
    tab.file.open(tmp_path / "long.txt")
    tab.file.open(tmp_path / "short.txt")
    qtbot.waitUntil(lambda: len(tab.rows.rows) == 3)
    qtbot.waitUntil(lambda: not tab._context.jobs.running)
    assert tab.form.own.text == "low low low lower" and len(tab.rows.rows) == 3


def test_a_text_that_was_changed_since_it_was_learned_from_says_so(
    tab: TrainTab, qtbot: QtBot
) -> None:
    tab.form.choose_own()
    tab.form.own.editor.setPlainText("low low low lower")
    tab.form.learn_button.click()
    qtbot.waitUntil(lambda: len(tab.rows.rows) == 3)
    assert tab.about.text() == PURPOSE
    tab.form.own.editor.setPlainText("low low low lower slower")
    assert tab.about.text() == CHANGED
    tab.form.learn_button.click()
    qtbot.waitUntil(lambda: not tab._job.is_running)
    assert tab.about.text() == PURPOSE


def test_no_text_at_all_says_so(tab: TrainTab, qtbot: QtBot) -> None:
    tab.form.choose_own()
    tab.form.learn_button.click()
    learn(tab, qtbot)
    assert tab.trained is None and "There is no text" in tab.message.words.text()


def test_runs_without_a_blank_are_said_to_be_cut(tab: TrainTab, qtbot: QtBot) -> None:
    tab.form.choose_own()
    tab.form.own.editor.setPlainText("ab" * 300)
    tab.form.learn_button.click()
    learn(tab, qtbot)
    assert "cut after 256 bytes" in tab.finding.text()
    assert "abab…”" in tab.finding.text() and len(tab.finding.text()) < 300


@pytest.mark.parametrize(
    ("top", "has_room", "shown"),
    [(2, True, [1, 1.5, 2]), (2, False, [1, 1.5, 2]), (3.4, True, [1, 1.5, 2, 2.5, 3]),
     (3.4, False, [1, 2, 3]), (8.2, True, [1, 3, 5, 7]), (60.3, True, [1, 21, 41]),
     (256, False, [1, 101, 201])],
)  # fmt: skip
def test_ticks_of_the_curve_are_few(top: float, has_room: bool, shown: list[float]) -> None:
    assert ticks(top, has_room) == shown


def test_the_page_can_be_closed_while_it_learns(tab: TrainTab) -> None:
    """The fixture waits for the job's end."""
    tab.form.choose_own()
    tab.form.own.editor.setPlainText(" ".join(f"{n:x}" for n in range(9_000)))
    tab.form.n_merges.setValue(2000)
    tab.learn()
    assert tab._job.is_running
