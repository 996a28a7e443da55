"""The Surprise tab: a text as a heat map, two models against each other, stop and refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import SURPRISE
from app.pages.tokens.scored_cells import value_of
from app.pages.tokens.surprise_panel import SurprisePanel
from app.pages.tokens.surprise_tab import SurpriseTab
from app.pages.tokens.surprise_work import ReadSoFar
from labs.tokens.surprise_sheet import SURPRISE_NAME
from models.cancel import CancelToken
from models.engine.messages import TokenData
from models.errors import UserError
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from tests.engine.tiny_kinds import llama, llama_stretched

TEXT = "The hare was once boasting of her speed."


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny model, a quantization of it, and one with other tokens."""
    folder = tmp_path_factory.mktemp("models")
    plain = llama(folder / "plain.gguf")
    (entry,) = Library(folder / "index").add(plain)
    result_of(quantize(Wish(entry, folder / "small.gguf", "Q4_0"), CancelToken()))
    return {
        "plain": plain, "small": folder / "small.gguf",
        "other": llama_stretched(folder / "other.gguf"),
    }  # fmt: skip


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[TokensPage]:
    made = TokensPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.open_target(SURPRISE)
    yield made
    assert context.jobs.close()


@pytest.fixture
def tab(page: TokensPage, models: dict[str, Path]) -> SurpriseTab:
    page.surprise.models.choose_first(str(models["plain"]))
    page.surprise.source.editor.setPlainText(TEXT)
    return page.surprise


def read(tab: SurpriseTab, qtbot: QtBot) -> None:
    tab.read_button.click()
    qtbot.waitUntil(lambda: tab.read_button.isEnabled() and bool(tab.readings), timeout=60_000)


def compare(tab: SurpriseTab, qtbot: QtBot, other: Path) -> None:
    tab.models.choose_second(str(other))
    tab.read_button.click()
    qtbot.waitUntil(lambda: tab.difference is not None, timeout=60_000)


def test_a_text_becomes_a_heat_map_whose_tokens_can_be_asked(
    tab: SurpriseTab, qtbot: QtBot
) -> None:
    read(tab, qtbot)
    cells = tab.field.canvas.cells
    assert cells[0].share is None and all(0 < cell.share <= 1 for cell in cells[1:])
    tab.field.canvas.opened.emit(5, tab.pos())
    told = tab.panel.details[0]
    assert "rank" in told.facts.text() and len(told.bars.rows) == 10
    for measure in ("entropy", "rank"):
        tab.bar.show_measure(measure)
        assert tab.field.canvas.cells[5].share is not None
    tab.bar.show_measure("excess")
    assert tab.field.canvas.cells[5].share is None and tab.field.canvas.cells[5].lean is not None
    tab.field.canvas.opened.emit(0, tab.pos())
    assert "Nothing stands before" in told.facts.text()


def test_another_colour_leaves_the_token_that_is_looked_at(tab: SurpriseTab, qtbot: QtBot) -> None:
    read(tab, qtbot)
    tab.field.opened.emit(4, 8)
    told, marked = tab.panel.details[0].title.text(), tab.field.canvas._marked
    tab.bar.show_measure("entropy")
    assert (tab.panel.details[0].title.text(), tab.field.canvas._marked) == (told, marked)
    assert marked
    cell, token = tab.field.canvas.cells[3], tab.readings[0].tokens[3]
    assert cell.share == value_of(token, "entropy")[0] != value_of(token, "surprise")[0]


def test_two_quantizations_are_held_against_each_other_token_by_token(
    tab: SurpriseTab, qtbot: QtBot, models: dict[str, Path]
) -> None:
    compare(tab, qtbot, models["small"])
    assert tab.bar.side == "difference" and tab.panel.how_compared.isHidden()
    assert len(tab.field.canvas.cells) == len(tab.readings[0].cut)
    rows = tab.panel.differences.model()
    tab.panel.differences.clicked.emit(rows.index(0, 0))
    largest = tab.difference.largest()[0]
    assert tab.field.canvas._marked == range(largest.first.start, largest.first.stop)
    assert tab.panel.details[0].bars.rows[0].after is not None and tab.panel.details[1].isHidden()
    tab.bar.show_side("second")
    assert tab.field.canvas.cells[5].share is not None


def test_other_tokens_are_compared_over_common_stretches_and_the_page_says_so(
    tab: SurpriseTab, qtbot: QtBot, models: dict[str, Path]
) -> None:
    compare(tab, qtbot, models["other"])
    assert (
        "smallest stretches" in tab.panel.how_compared.text()
        and not tab.panel.how_compared.isHidden()
    )
    assert len(tab.field.canvas.cells) == len(tab.difference.spans) < len(tab.readings[0].cut)
    tab.field.canvas.opened.emit(3, tab.pos())
    assert all(detail.title.text() for detail in tab.panel.details)
    sheet = json.loads(result_of(tab.sheet()))
    assert sheet["difference"]["has_same_tokens"] is False and len(sheet["readings"]) == 2


def test_taking_the_second_away_and_reading_again_shows_one(
    tab: SurpriseTab, qtbot: QtBot, models: dict[str, Path]
) -> None:
    compare(tab, qtbot, models["small"])
    tab.models.close_button.click()
    read(tab, qtbot)
    assert len(tab.readings) == 1 and tab.difference is None and tab.bar.side == "first"


def test_of_two_files_the_newer_one_is_shown_and_none_over_what_is_written(
    tab: SurpriseTab, page: TokensPage, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("older", "newer"):
        (tmp_path / name).write_text(name, "utf-8")
        tab.file.open(tmp_path / name)
    qtbot.waitUntil(lambda: tab.source.text == "newer")
    tab.file.open(tmp_path / "older")
    tab.source.editor.setPlainText("written")
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    assert tab.source.text == "written" and tab.source.about.isHidden()


def test_what_was_read_before_a_stop_stays_on_show(tab: SurpriseTab, qtbot: QtBot) -> None:
    tab.source.editor.setPlainText(TEXT * 60)
    tab.read_button.click()
    qtbot.waitUntil(lambda: bool(tab.readings and tab.readings[0].tokens), timeout=60_000)
    tab.stop_button.click()
    qtbot.waitUntil(lambda: not tab.stop_button.isVisible(), timeout=60_000)
    reading = tab.readings[0]
    assert reading.is_whole or "Stopped after" in tab.notes.text()
    assert tab.field.canvas.cells[5].share is not None


def test_the_focus_stays_with_reading(tab: SurpriseTab, qtbot: QtBot) -> None:
    tab.read_button.setFocus()
    tab.read_button.click()
    assert tab.window().focusWidget() is tab.stop_button
    qtbot.waitUntil(lambda: not tab.stop_button.isVisible(), timeout=60_000)
    assert tab.window().focusWidget() is tab.read_button


def test_a_model_without_numbers_is_refused_with_a_sentence(page: TokensPage, qtbot: QtBot) -> None:
    tab = page.surprise
    tab.models.choose_first("sim:echo")
    with qtbot.waitSignal(tab.failed, timeout=60_000) as failed:
        tab.read_button.click()
    assert "gives no probabilities of a prompt" in failed.args[0].message
    assert page.error_bar.isVisible() and not tab.totals.isVisible()


def test_the_page_keeps_what_is_shown_and_nothing_before(
    page: TokensPage, tab: SurpriseTab, qtbot: QtBot
) -> None:
    [artifact] = [each for each in page.artifacts() if each.name == SURPRISE_NAME]
    with pytest.raises(UserError, match="Nothing was read yet"):
        result_of(artifact.make())
    read(tab, qtbot)
    sheet = json.loads(result_of(artifact.make()))
    assert sheet["text"] == TEXT and sheet["readings"][0]["totals"]["n"] == len(TEXT) - 1


def test_a_token_after_broken_numbers_has_no_colour() -> None:
    assert value_of(TokenData(1, "a"), "surprise") == (None, None)


def test_broken_numbers_are_counted_below_the_totals(tab: SurpriseTab, qtbot: QtBot) -> None:
    read(tab, qtbot)
    whole = tab.readings[0]
    tokens = (*whole.tokens[:3], *(TokenData(t.token_id, t.text) for t in whole.tokens[3:]))
    tab._on_step(ReadSoFar(0, replace(whole, tokens=tokens)))
    assert f"Before {len(TEXT) - 3} tokens" in tab.notes.text()
    assert tab.totals._rows[0][1][-1].text() == f"2 ({len(TEXT) - 3} broken)"


def test_the_differences_come_back_with_their_share_of_the_panel(qtbot: QtBot) -> None:
    panel = SurprisePanel()
    qtbot.addWidget(panel)
    panel.resize(300, 540)
    panel.show_compared(False)
    panel.show()
    panel.show_compared(True)
    assert panel.sizes()[0] > 200
