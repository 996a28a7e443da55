"""Tabs Requests and Loads of the Telemetry page, with real requests to simulated models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.telemetry.loads_tab import LoadsTab
from app.pages.telemetry.page import TelemetryPage
from app.pages.telemetry.request_words import (
    amount_text,
    asked_text,
    energy_lines,
    energy_text,
    heading_text,
    phase_lines,
    trial_lines,
)
from app.pages.telemetry.requests_tab import READ, RequestsTab
from labs.telemetry.journal import Cost
from labs.telemetry.per_token import energy_of
from models.cancel import CancelToken
from models.engine.messages import Generate, LoadSettings
from models.engine.phases import Phase, TracedRequest
from models.errors import UserError
from models.long_work import result_of
from tests.engine.asking import chat
from tests.gguf_files import write_gguf
from tests.labs.telemetry.made_readings import asked, counted, powered, ticks


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[TelemetryPage]:
    made = TelemetryPage(context)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    yield made
    made.hide()


@pytest.fixture
def tab(page: TelemetryPage, qtbot: QtBot) -> RequestsTab:
    page.open_target("requests")
    qtbot.waitUntil(lambda: page.requests.tab is not None)
    return page.requests.tab


def ask(context: AppContext, text: str, who: str = "chat") -> None:
    pool = context.services.pool
    with result_of(pool.lease("sim:echo", LoadSettings(n_ctx=512), holder=who)) as held:
        result_of(held.engine.generate(Generate("", chat(text)), CancelToken()))


def told(tab: RequestsTab) -> list[list[str]]:
    model = tab.table.model()
    return [[model.index(row, column).data() for column in range(model.columnCount())]
            for row in range(model.rowCount())]  # fmt: skip


def measured(watts: float, tokens: int = 100, *, number: int = 1, counter: bool = True) -> Cost:
    """A reply that wrote for ten seconds at a steady power, after a rest at 10 W."""
    request = asked(Phase("prompt", 60, 61, 50), Phase("generation", 61, 71, 0, tokens),
                    number=number, generation_s=10.0, prompt_s=1.0, n_answers=1)  # fmt: skip
    made = counted if counter else powered
    readings = made(ticks(0, 80), lambda at: watts if 60 <= at < 71 else 10.0)
    return Cost(request, energy_of(request, [], readings), 10**9)


def test_requests_appear_as_they_come_the_newest_first(
    tab: RequestsTab, context: AppContext, qtbot: QtBot
) -> None:
    assert tab.rows.rowCount() == 0
    ask(context, "one")
    ask(context, "two words", who="the server")
    qtbot.waitUntil(lambda: tab.rows.rowCount() == 2)
    (_, model, who, *_), (_, _, first, *_) = told(tab)
    assert (model, who, first) == ("sim:echo", "The server", "Chat")


def test_the_list_can_be_searched_and_kept_to_one_asker(
    tab: RequestsTab, context: AppContext, qtbot: QtBot
) -> None:
    ask(context, "one")
    ask(context, "two", who="the server")
    tab.refresh()
    tab.search.setText("server")
    assert [row[2] for row in told(tab)] == ["The server"]
    tab.search.clear()
    tab.who.setCurrentIndex(tab.who.findText("Chat"))
    assert [row[2] for row in told(tab)] == ["Chat"]


def test_a_chosen_request_stays_chosen_and_shows_its_bands(
    tab: RequestsTab, context: AppContext, qtbot: QtBot
) -> None:
    ask(context, "a question of some words")
    tab.refresh()
    tab.choose_first()
    ask(context, "another")
    tab.refresh()
    (chosen,) = tab.selected()
    assert chosen.request.number == 1 and tab.table.currentIndex().row() >= 0
    shown = tab.card.charts["written"].shown
    assert {band.kind for band in shown.bands} == {"prompt", "generation"}
    assert "its tokens only" in tab.card.note.text()  # the sampler of this test was never started


def test_rows_can_be_copied_exported_and_kept_for_a_sheet(
    tab: RequestsTab, context: AppContext, page: TelemetryPage, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="No request yet"):
        tab.as_table()
    ask(context, "one")
    kept = {each.name: each for each in page.artifacts()}["requests.csv"].make()
    tab.table.export(tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text() == kept.replace("\r\n", "\n")
    tab.copy.click()
    assert QGuiApplication.clipboard().text().startswith("When\tModel\tAsked by")


def test_several_chosen_requests_show_their_means(
    tab: RequestsTab, context: AppContext, qtbot: QtBot
) -> None:
    for _ in range(3):
        ask(context, "the same words each time")
    tab.refresh()
    tab.table.selectAll()
    qtbot.waitUntil(lambda: "on average" in tab.card.lines.text(), timeout=20_000)
    assert tab.card.heading.text() == "3 requests" and "n = 3" in tab.card.lines.text()


def test_a_new_request_leaves_a_long_choice_as_it_is(
    tab: RequestsTab, context: AppContext, qtbot: QtBot
) -> None:
    for _ in range(3):
        ask(context, "the same words each time")
    tab.refresh()
    tab.table.selectAll()
    changes: list[object] = []
    tab.table.selectionModel().selectionChanged.connect(lambda *_: changes.append(1))
    ask(context, "another")
    tab.refresh()
    assert [each.request.number for each in tab.selected()] == [3, 2, 1]
    assert len(changes) <= 1


def test_joules_a_token_come_with_error_domain_and_rest() -> None:
    cost = measured(50.0)
    assert energy_text(cost) == "5.0000 ± <0.0001"
    sentence = next(line for line in energy_lines(cost) if "writing" in line)
    assert "Processor, writing the answer: 5.0000 ± <0.0001 J a token of 100" in sentence
    assert "4.0000 ± <0.0001 J without rest (10.0 W before" in sentence


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (asked(Phase("generation", 60, 61, 0, 9)), "too short"),
        (asked(Phase("generation", 60, 70, 0, 9), clock_moved=True), "clock was set"),
    ],
)
def test_without_joules_the_table_says_why(request_: TracedRequest, words: str) -> None:
    energy = energy_of(request_, [], powered(ticks(0, 80), lambda _: 9.0))
    assert energy_text(Cost(request_, energy)) == words


@pytest.mark.parametrize(
    ("error", "words"),
    [(0.0, "1.5252 ± <0.0001"), (0.0004, "1.5252 ± 0.0004"), (0.003, "1.525 ± 0.003"),
     (0.03, "1.53 ± 0.03"), (0.3, "1.5 ± 0.3"), (3.0, "2 ± 3")],
)  # fmt: skip
def test_a_number_has_as_many_places_as_its_error_allows(error: float, words: str) -> None:
    assert amount_text(1.52518, error) == words


def test_the_card_says_how_a_request_ended() -> None:
    request = asked(Phase("prompt", 1, 2, 80), outcome="failed")
    assert heading_text(request, "M").endswith(", 1 s, failed")
    assert not heading_text(replace(request, outcome="done"), "M").endswith("done")


def test_means_of_three_trials_have_an_interval_and_two_have_none() -> None:
    costs = [measured(watts, number=n) for n, watts in enumerate((48.0, 50.0, 52.0))]
    line = next(each for each in trial_lines(costs) if each.startswith("Processor, writing"))
    assert "5 J a token on average" in line and "(n = 3)" in line
    assert any("2 of the 3 trials" in each for each in trial_lines(costs[:2]))


def test_how_many_of_the_tokens_were_read_is_not_cut(tab: RequestsTab) -> None:
    wanted = tab.table.fontMetrics().horizontalAdvance("1,023 of 4,096") + 16
    assert tab.table.columnWidth(READ) >= wanted


def test_loads_are_shown_with_their_difference(
    page: TelemetryPage, context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    library = context.services.library
    (entry,) = library.add(write_gguf(tmp_path / "m" / "tiny.gguf"))
    library.record_peak(entry, LoadSettings(n_ctx=512), 3 * 10**8)
    page.open_target("loads")
    qtbot.waitUntil(lambda: page.loads.tab is not None)
    tab: LoadsTab = page.loads.tab
    qtbot.waitUntil(lambda: tab.rows.rowCount() == 1)
    (cost,) = context.loads.loads()
    off = 3 * 10**8 / cost.forecast_bytes - 1
    assert f"{abs(100 * off):.0f} % off" in tab.head.text()
    assert "Weights" in tab.parts.text() and "300.0 MB" in tab.as_table()


def test_bands_and_tokens_reach_the_live_charts(page: TelemetryPage, context: AppContext) -> None:
    ask(context, "some words")
    (request,) = context.services.pool.requests.requests
    bands = page.live.bands_of(request.start_s - 1, request.end_s + 1)
    assert [band.kind for band in bands] == ["prompt", "generation"]
    written, read = page.live.tokens_at([request.start_s - 1, request.end_s + 1])
    assert written.values[-1] and read.values[-1]


@pytest.mark.parametrize(
    ("n_read", "words"), [(0, "is not known"), (60, "of the prompt 60 tokens at least were read")]
)
def test_what_was_cut_short_is_told_without_a_speed(n_read: int, words: str) -> None:
    found = asked(Phase("prompt", 20, 30), outcome="stopped", prompt_tokens=n_read)
    (line,) = phase_lines(found)
    assert words in line and "a second" not in line
    assert asked_text(found).endswith(", stopped")


def test_of_a_running_request_no_time_is_told_that_nobody_knows_yet() -> None:
    found = TracedRequest(1, "m", "chat", "reply", 0.0, 9.0, outcome="running", reply_tokens=1847)
    assert phase_lines(found) == ["1,847 tokens written so far."]
    done = replace(found, outcome="done", generation_s=2.0, n_answers=1, reply_tokens=81)
    assert phase_lines(done) == ["81 tokens written. 2.0 s, 40.0 tokens a second."]
