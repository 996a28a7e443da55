"""The Next token tab: bars, writing step by step, sliders, draws and the textbook example."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.tokens.late_next_token import SAMPLING_NAME
from app.pages.tokens.next_token_tab import NextTokenTab
from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import NEXT
from app.pages.tokens.sampling_panel import NEUTRAL
from app.pages.tokens.sampling_slider import FIELDS, SamplingSlider
from models.engine.messages import Sampling
from models.errors import UserError
from models.long_work import result_of
from tests.engine.tiny_kinds import llama


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return llama(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture
def page(context: AppContext, qtbot: QtBot, tiny: Path) -> Iterator[TokensPage]:
    context.current_model.choose(str(tiny))
    made = TokensPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.open_target(NEXT)
    yield made
    assert context.jobs.close()


@pytest.fixture
def tab(page: TokensPage, qtbot: QtBot) -> NextTokenTab:
    qtbot.waitUntil(lambda: page.next_token.tab is not None, timeout=60_000)
    return page.next_token.tab


def ask(tab: NextTokenTab, qtbot: QtBot, text: str = "the") -> None:
    tab.form.editor.setPlainText(text)
    tab.ask_button.click()
    wait(tab, qtbot)


def wait(tab: NextTokenTab, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: tab.ask_button.isEnabled(), timeout=60_000)


def shares(tab: NextTokenTab) -> list[float]:
    return [row.after for row in tab.bars.rows]


def test_the_bars_are_the_whole_distribution(tab: NextTokenTab, qtbot: QtBot) -> None:
    ask(tab, qtbot)
    rows = tab.bars.rows
    assert sum(row.before for row in rows) == pytest.approx(1, abs=1e-4)
    assert rows[-1].text.endswith("others") and rows[-1].value is None
    tab.sampling.neutral.click()
    assert shares(tab) == pytest.approx([row.before for row in rows], abs=1e-6)


def test_a_chosen_token_is_written_and_undone(tab: NextTokenTab, qtbot: QtBot) -> None:
    ask(tab, qtbot)
    before = tab.found
    tab.bars.setFocus()
    qtbot.keyClick(tab.bars, Qt.Key.Key_Down)
    qtbot.keyClick(tab.bars, Qt.Key.Key_Return)
    wait(tab, qtbot)
    assert tab.found.prompt.written == (tab.found.prompt.written[0],)
    assert tab.found.prompt.written[0] == int(before.distribution.ids[1])
    tab.draw_one.click()
    wait(tab, qtbot)
    assert len(tab.found.prompt.written) == 2 and tab.written.whole.startswith("the")
    tab.undo_button.click()
    tab.undo_button.click()
    assert tab.found is before and not tab.undo_button.isEnabled()


def test_what_is_written_goes_to_the_model_whose_tokens_are_shown(
    tab: NextTokenTab, page: TokensPage, qtbot: QtBot
) -> None:
    ask(tab, qtbot)
    first = tab.found.model
    page.context.current_model.choose("sim:echo")
    tab.bars.chosen.emit(int(tab.found.distribution.ids[0]))
    wait(tab, qtbot)
    assert len(tab.found.prompt.written) == 1 and tab.found.model == first
    with qtbot.waitSignal(tab.failed):
        tab.ask_button.click()


@pytest.mark.parametrize("typed", ["0.9", "0.35"])
def test_a_number_that_begins_with_another_can_be_typed(qtbot: QtBot, typed: str) -> None:
    [field] = [each for each in FIELDS if each.name == "top_p"]
    slider = SamplingSlider(field)
    qtbot.addWidget(slider)
    slider.show_value(1)
    slider.box.selectAll()
    qtbot.keyClicks(slider.box, typed)
    assert slider.value == float(typed) and slider.slider.value() == 100 * float(typed)


def test_sliders_shape_the_bars_at_once(tab: NextTokenTab, qtbot: QtBot) -> None:
    ask(tab, qtbot)
    tab.sampling.show_sampling(NEUTRAL)
    tab.sampling.sliders["top_k"].slider.setValue(2)
    assert [share > 0 for share in shares(tab)[:3]] == [True, True, False]
    assert tab.sampling.left.text().startswith("2 of ")
    tab.sampling.sliders["temperature"].box.setValue(0)
    assert shares(tab)[0] == 1 and "0.00 after" in tab.sampling.entropy.text()


def test_the_lots_of_xtc_are_shown_in_both_cases(tab: NextTokenTab) -> None:
    tab.show_example()
    tab.sampling.show_sampling(
        Sampling(temperature=1, top_k=0, top_p=1, min_p=0, xtc_probability=0.25, xtc_threshold=0.15)
    )
    assert "in 25 % of the draws it takes the 2 likeliest away" in tab.sampling.lots.text()
    tab.sampling.case.choose("cut")
    assert shares(tab)[:2] == [0, 0] and sum(shares(tab)) == pytest.approx(1)
    tab.sampling.case.choose("uncut")
    uncut = shares(tab)[0]
    tab.sampling.case.choose("mixed")
    assert shares(tab)[0] == pytest.approx(0.75 * uncut)


def test_draws_stand_beside_what_is_expected_until_the_samplers_change(
    tab: NextTokenTab, qtbot: QtBot
) -> None:
    tab.show_example()
    assert not tab.undo_button.isVisible()
    tab.drawing.n.setValue(1000)
    tab.drawing.draw.click()
    qtbot.waitUntil(lambda: tab.draws is not None, timeout=60_000)
    rows = tab.drawing.drawn.model()
    assert rows.index(0, 0).data() == "“·mat”" and rows.index(0, 3).data().count("–") == 1
    tab.drawing.sweep.click()
    qtbot.waitUntil(lambda: len(tab.drawing.points_shown) == 5, timeout=60_000)
    sheet = json.loads(result_of(tab.sheet()))
    assert len(sheet["sweep"]) == 5 and sum(each["count"] for each in sheet["draws"]) == 1000
    tab.sampling.neutral.click()
    assert tab.draws is None and tab.drawing.points_shown == ()


def test_rare_draws_are_spelled_by_the_model(tab: NextTokenTab, qtbot: QtBot) -> None:
    ask(tab, qtbot)
    tab.found.texts.clear()
    tab.drawing.draw.click()
    qtbot.waitUntil(lambda: tab.draws is not None, timeout=60_000)
    assert all(isinstance(text, str) for text in tab.draws.texts.values())
    assert any(tab.draws.texts.values())


def test_the_sheet_is_kept_only_when_there_is_one(
    page: TokensPage, tab: NextTokenTab, qtbot: QtBot
) -> None:
    [artifact] = [each for each in page.artifacts() if each.name == SAMPLING_NAME]
    with pytest.raises(UserError, match="There is no distribution yet"):
        result_of(artifact.make())
    ask(tab, qtbot)
    sheet = json.loads(result_of(artifact.make()))
    assert sheet["prompt"] == "the" and sheet["order"][-1] == "temperature"
    total = sum(row["after"] for row in sheet["distribution"]) + sheet["rest"]["after"]
    assert len(sheet["distribution"]) == 50 and total == pytest.approx(1, abs=1e-6)


def test_a_prompt_that_is_missing_is_said(
    page: TokensPage, tab: NextTokenTab, qtbot: QtBot
) -> None:
    tab.form.editor.clear()
    with qtbot.waitSignal(tab.failed, timeout=60_000) as failed:
        tab.ask_button.click()
    assert failed.args[0].message == "There is no prompt."
    assert page.error_bar.isVisible() and tab.found is None


def test_a_prompt_that_is_refused_leaves_what_was_written_and_its_undo(
    tab: NextTokenTab, qtbot: QtBot
) -> None:
    ask(tab, qtbot)
    tab.write_drawn()
    wait(tab, qtbot)
    shown = tab.written.toolTip(), tab.found
    tab.form.editor.clear()
    with qtbot.waitSignal(tab.failed, timeout=60_000):
        tab.ask_button.click()
    assert (tab.written.toolTip(), tab.found) == shown and tab.undo_button.isEnabled()
