"""The flip explorer: a new run of two models, runs that exist, the control, and what is said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.quantization.flips_progress import FlipsProgress
from app.pages.quantization.flips_run import Locked, Wish
from app.pages.quantization.flips_tab import FlipsTab
from app.pages.quantization.flips_work import Found
from app.pages.quantization.page import QuantizationPage
from app.pages.quantization.places import FLIPS
from app.runs.run_list import list_runs
from labs.brittleness.experiment import EXPERIMENT
from labs.experiments.experiment import Size
from labs.experiments.running.runner import TrialsDone
from labs.experiments.scenarios.set_file import write_set
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.library.library import Library
from models.long_work import result_of
from tests.labs.experiments.made_sets import made_set
from tests.labs.experiments.running import Lab

SMALL = replace(EXPERIMENT, sizes=dict.fromkeys(EXPERIMENT.sizes, Size(8, 3)))
RIGHT, BAD, ABLE = "sim:able?accuracy=1", "sim:bad-format", "sim:able?accuracy=0.7"


@pytest.fixture(scope="module")
def made_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs that asked the same, "one" of an able model and a bad one, "two" of the able one
    and one that is always right; and "other", which drew other questions."""
    home = tmp_path_factory.mktemp("runs")
    pool, sandbox = Pool(), Sandbox()
    lab = Lab(Library(home / ".index", (), ()), pool, sandbox)
    for name, models, seed in (
        ("one", (ABLE, BAD), 1), ("two", (ABLE, RIGHT), 1), ("other", (RIGHT, BAD), 2),
    ):  # fmt: skip
        lab.finish(lab.plan(home / name, *models, seed=seed))
    pool.close()
    sandbox.close()
    return home


@pytest.fixture
def tab(context: AppContext, qtbot: QtBot) -> Iterator[FlipsTab]:
    made = FlipsTab(context, (SMALL,))
    made.failures = []
    made.failed.connect(made.failures.append)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.activate()
    qtbot.waitUntil(lambda: not context.jobs.running)
    yield made
    assert context.jobs.close()


@pytest.fixture
def with_runs(tab: FlipsTab, qtbot: QtBot, context: AppContext, made_runs: Path) -> FlipsTab:
    """The newest pair is on show."""
    shutil.copytree(made_runs, context.services.paths.runs, dirs_exist_ok=True)
    tab.activate()
    qtbot.waitUntil(lambda: tab.result.found is not None)
    return tab


def show(tab: FlipsTab, qtbot: QtBot, *places: tuple[str, str]) -> Found:
    """Compare models of runs by (folder, model)."""
    before = tab.result.found
    chosen = [
        next(c for c in tab.pair.choices if (c.path.name, c.model) == place) for place in places
    ]
    tab.choose(*chosen)
    qtbot.waitUntil(lambda: tab.result.found is not before)
    return tab.result.found


def ask(tab: FlipsTab, qtbot: QtBot, *models: str, seed: int = 1) -> None:
    """A new run of two models, until its flips are on show."""
    before = tab.result.found
    tab.start(Wish(SMALL, models, seed=seed))
    qtbot.waitUntil(lambda: tab.result.found is not before, timeout=60_000)


def texts(tab: FlipsTab) -> str:
    return "\n".join(label.text() for label in tab.result.findChildren(QLabel))


def test_a_model_that_is_wrong_in_one_format_flips_in_one_direction(
    tab: FlipsTab, qtbot: QtBot, context: AppContext
) -> None:
    ask(tab, qtbot, RIGHT, BAD)
    found = tab.result.found.flips
    n_items = tab.result.found.sides[0].plan.design["n_items"]
    assert found.count("to_wrong") == n_items and found.count("to_right") == 0
    assert found.to_wrong.value == pytest.approx(n_items / found.n_clear)
    assert f"{n_items} of {found.n_clear} answers changed" in tab.result.headline.text()
    assert "Trust this one" in tab.result.net.text() and "exact mode" in texts(tab)
    rows = result_of(list_runs(context.services.paths.runs))
    assert [(row.models, row.state) for row in rows] == [((RIGHT, BAD), "done")]


def test_a_flip_opens_with_both_answers_and_what_was_sent(
    with_runs: FlipsTab, qtbot: QtBot
) -> None:
    show(with_runs, qtbot, ("two", RIGHT), ("one", BAD))
    with_runs.result.list.table.selectRow(0)
    detail, row = with_runs.result.detail, with_runs.result.list.rows.rows[0]
    assert detail.isVisible() and "Right → wrong" in detail.title.text()
    qtbot.waitUntil(lambda: not detail.title.visibleRegion().isEmpty())  # brought into sight
    assert row.pair.first.truth in detail.about.text() and row.condition in detail.about.text()
    assert row.question in detail.prompts[0].text.toPlainText()
    assert detail.prompts[1].isHidden()  # both were sent the same bytes
    detail.closed.emit()
    assert detail.isHidden()
    with_runs.result.list.table.selectRow(0)
    assert detail.isVisible()  # the same one again
    assert row.leans == ("95 %", "4.7 %")  # e³ against 1: simulated subjects lead by 3 nats


def test_the_list_is_filtered_by_direction_and_goes_into_a_file(
    with_runs: FlipsTab, qtbot: QtBot
) -> None:
    found = show(with_runs, qtbot, ("one", ABLE), ("one", BAD)).flips
    shown = with_runs.result.list.table.model()
    assert shown.rowCount() == found.n_changed > found.count("to_right") > 0
    with_runs.result.list.show_only("to_right")
    assert shown.rowCount() == found.count("to_right")
    told, _, answers = with_runs.as_text().partition("\n\n")
    assert "SIMULATED" in told and "McNemar's exact test" in told
    assert len(answers.splitlines()) == 1 + found.n_changed


def test_the_same_model_in_two_runs_is_the_control_and_nothing_flips(
    with_runs: FlipsTab, qtbot: QtBot
) -> None:
    found = show(with_runs, qtbot, ("one", ABLE), ("two", ABLE))
    assert found.is_control and with_runs.result.control.isVisible()
    assert found.flips.n_changed == 0 and found.flips.n_clear > 0
    assert "asked twice. Nothing changed" in texts(with_runs)


def test_another_lane_is_counted_when_it_is_chosen(with_runs: FlipsTab, qtbot: QtBot) -> None:
    before, box = with_runs.result.found, with_runs.result.lane
    box.setCurrentIndex(box.findData("likelihood"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: with_runs.result.found is not before)
    assert with_runs.result.found.lane == "likelihood" and box.currentText() == "Lean"


def test_the_run_behind_the_numbers_opens_in_the_labs(with_runs: FlipsTab, qtbot: QtBot) -> None:
    show(with_runs, qtbot, ("two", RIGHT), ("one", BAD))
    with qtbot.waitSignal(with_runs._context.navigation.requested) as asked:
        with_runs.result.run_button.click()
    assert asked.args == ["labs", "run:two"]


def test_a_run_that_was_stopped_offers_only_the_models_that_have_answered(
    with_runs: FlipsTab, qtbot: QtBot, context: AppContext
) -> None:
    trials = context.services.paths.runs / "two" / "trials.jsonl"
    lines = trials.read_text(encoding="utf-8").splitlines(keepends=True)
    trials.write_text("".join(lines[: len(lines) // 3]), encoding="utf-8")
    with_runs.activate()
    qtbot.waitUntil(lambda: with_runs.pair.first.count() == 5)
    offered = [(choice.path.name, choice.model) for choice in with_runs.pair.choices]
    assert ("two", ABLE) in offered and ("two", RIGHT) not in offered


def test_a_run_that_went_on_meanwhile_is_compared_again(
    with_runs: FlipsTab, qtbot: QtBot, context: AppContext
) -> None:
    trials = context.services.paths.runs / "two" / "trials.jsonl"
    whole = trials.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    trials.write_text("".join(lines[: -len(lines) // 4]), encoding="utf-8")
    with_runs.activate()
    qtbot.waitUntil(lambda: not context.jobs.running)
    missing = show(with_runs, qtbot, ("two", ABLE), ("two", RIGHT)).flips.n_missing
    trials.write_text(whole, encoding="utf-8")
    with_runs.activate()
    qtbot.waitUntil(lambda: with_runs.result.found.flips.n_missing < missing)
    assert [c.model for c in with_runs.pair.chosen] == [ABLE, RIGHT]


def test_only_what_was_asked_the_same_can_be_chosen(with_runs: FlipsTab, qtbot: QtBot) -> None:
    show(with_runs, qtbot, ("one", ABLE), ("two", RIGHT))
    assert with_runs.pair.first.count() == 6 and with_runs.pair.second.count() == 3
    show(with_runs, qtbot, ("other", RIGHT), ("other", BAD))
    assert with_runs.pair.second.count() == 1


def test_free_answers_that_are_mostly_unclear_let_the_lean_count(
    tab: FlipsTab, qtbot: QtBot
) -> None:
    ask(tab, qtbot, "sim:late-canary", RIGHT)
    primary = tab.result.found.sides[0].plan.design["primary"]
    assert primary["lane"] == "likelihood" == tab.result.found.lane


def test_one_model_twice_is_asked_in_two_runs_as_the_control(
    tab: FlipsTab, qtbot: QtBot, context: AppContext
) -> None:
    ask(tab, qtbot, "sim:coin", "sim:coin")
    assert tab.result.found.is_control and tab.result.found.flips.n_changed == 0
    assert "None of" in tab.result.headline.text() and "the second run" in tab.result.net.text()
    rows = result_of(list_runs(context.services.paths.runs))
    assert [(row.models, row.state) for row in rows] == [(("sim:coin",), "done")] * 2


def test_the_items_of_ones_own_set_are_asked(
    tab: FlipsTab, qtbot: QtBot, context: AppContext
) -> None:
    path = context.services.paths.sets / "deadlines.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(write_set(made_set()), encoding="utf-8")
    tab.activate()
    tab.form.set.box.setCurrentText("My set: Deadlines")
    tab.form.choose(0, RIGHT)
    tab.form.choose(1, BAD)
    tab.form.start_button.click()
    qtbot.waitUntil(lambda: tab.result.found is not None, timeout=60_000)
    own = {item.id for item in made_set().items}
    assert {pair.first.item for pair in tab.result.found.flips.pairs} <= own


def test_a_set_that_cannot_be_read_is_said_and_the_form_stays(
    tab: FlipsTab, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "torn.yaml"
    path.write_text("items: [", encoding="utf-8")
    tab.new_button.click()
    tab.start(Wish(SMALL, (RIGHT, BAD), set_path=path))
    qtbot.waitUntil(lambda: bool(tab.failures))
    assert "torn.yaml is not valid YAML" in str(tab.failures[0])
    qtbot.waitUntil(tab.form.isVisible)


def test_the_form_asks_for_both_models_and_stays_open(tab: FlipsTab, qtbot: QtBot) -> None:
    tab.new_button.click()
    tab.form.choose(0, RIGHT)
    tab.form.start_button.click()
    qtbot.waitUntil(lambda: bool(tab.failures))
    assert "Two models are needed" in str(tab.failures[0])
    qtbot.waitUntil(tab.form.isVisible)


def test_a_run_can_be_paused_and_one_that_is_stopped_keeps_what_is_there(
    tab: FlipsTab, qtbot: QtBot, context: AppContext
) -> None:
    tab.start(Wish(SMALL, (f"{RIGHT}&delay_ms=30", f"{BAD}?delay_ms=30")))
    qtbot.waitUntil(lambda: tab.progress.bar.value() > 0, timeout=60_000)
    assert "Asking sim:" in tab.progress.state.text()
    held = context.live_runs.held_by("the brittleness run")
    tab.progress.pause_button.click()
    qtbot.waitUntil(lambda: "free for others" in tab.progress.state.text(), timeout=30_000)
    assert held.is_paused and context.live_runs.held_by("the brittleness run") is None
    tab.progress.pause_button.click()
    qtbot.waitUntil(lambda: "Asking sim:" in tab.progress.state.text(), timeout=30_000)
    tab.progress.stop_button.click()
    qtbot.waitUntil(lambda: tab.asking.job is None, timeout=30_000)
    (row,) = result_of(list_runs(context.services.paths.runs))
    assert 0 < row.done < row.total and not tab.progress.isVisible()
    assert held not in context.live_runs._runs


def test_the_bar_counts_both_sides_whether_they_are_one_run_or_two(qtbot: QtBot) -> None:
    progress = FlipsProgress()
    qtbot.addWidget(progress)
    one, other = (Path("one"), "a"), (Path("other"), "b")
    progress.begin("Brittleness: a and b")
    progress.take(Locked((one, other), "2 items"))
    progress.take(TrialsDone("b", (), 6, 20, 60.0, "if a is as fast"))
    assert progress.bar.value() == 300
    assert progress.state.text().endswith("6 of 20 answers, about 1 min left, if a is as fast")
    progress.begin("Brittleness: a twice")
    for places, done in (((one,), 10), ((one, other), 5)):  # the control: two runs of one model
        progress.take(Locked(places, "2 items"))
        progress.take(TrialsDone("a", (), done, 10, 60.0))
        assert ("for the first of both" in progress.state.text()) == (len(places) == 1)
    assert progress.bar.value() == 750


def test_a_run_that_vanished_is_said(with_runs: FlipsTab, qtbot: QtBot) -> None:
    found = show(with_runs, qtbot, ("one", ABLE), ("one", BAD))
    path = found.sides[0].path
    path.rename(path.with_name(".away"))
    with_runs.pair.second.activated.emit(0)
    qtbot.waitUntil(lambda: bool(with_runs.failures))
    assert "not the folder of a run" in str(with_runs.failures[0])


def test_sides_that_cannot_be_compared_are_not_named_above_the_numbers_of_others(
    with_runs: FlipsTab, qtbot: QtBot
) -> None:
    found = show(with_runs, qtbot, ("two", ABLE), ("two", RIGHT))
    away = found.sides[0].path.with_name("one")
    away.rename(away.with_name(".away"))
    others = [with_runs.pair.second.itemData(at) for at in range(with_runs.pair.second.count())]
    with_runs.pair.second.setCurrentIndex([each.place for each in others].index((away, BAD)))
    with_runs.pair.second.activated.emit(0)
    qtbot.waitUntil(lambda: bool(with_runs.failures))
    assert with_runs.pair.second.currentData().model == RIGHT and with_runs.result.found is found


def test_a_comparison_that_gets_ready_leaves_the_form_open(
    tab: FlipsTab, qtbot: QtBot, context: AppContext, made_runs: Path
) -> None:
    shutil.copytree(made_runs, context.services.paths.runs, dirs_exist_ok=True)
    tab.new_button.click()
    tab.activate()
    qtbot.waitUntil(lambda: tab.result.found is not None)
    assert tab.form.isVisible() and not tab.result.isVisible()
    assert not any(box.isVisible() for box in tab.pair.boxes)  # they belong to the result
    tab.form.cancel_button.click()
    assert tab.result.isVisible() and all(box.isVisible() for box in tab.pair.boxes)


def test_when_no_run_is_left_nothing_is_shown_of_the_last_comparison(
    with_runs: FlipsTab, qtbot: QtBot, context: AppContext
) -> None:
    shutil.rmtree(context.services.paths.runs)
    with_runs.activate()
    qtbot.waitUntil(with_runs.empty.isVisible)
    with_runs.new_button.click()
    with_runs.form.cancel_button.click()
    assert with_runs.empty.isVisible()
    with pytest.raises(UserError, match="Nothing has been compared"):
        with_runs.as_text()


def test_the_keyboard_stays_with_what_is_shown(tab: FlipsTab, qtbot: QtBot) -> None:
    tab.activateWindow()
    tab.new_button.setFocus()
    tab.new_button.click()
    assert tab.form.isAncestorOf(tab.focusWidget())
    with qtbot.waitSignal(tab.went_well):  # what was wrong with the wish before is mended
        tab.start(Wish(SMALL, (RIGHT, f"{BAD}?delay_ms=30")))
    assert tab.progress.isAncestorOf(tab.focusWidget())
    tab.progress.stop_button.setFocus()
    tab.progress.stop_button.click()
    assert tab.focusWidget() is tab.progress  # its buttons rest
    qtbot.waitUntil(lambda: tab.asking.job is None, timeout=30_000)
    assert tab.focusWidget() is tab.new_button


def test_the_page_loads_the_tab_when_it_is_seen(context: AppContext, qtbot: QtBot) -> None:
    page = QuantizationPage(context)
    qtbot.addWidget(page)
    page.show()
    artifact = next(each for each in page.artifacts() if each.name == "flipped-answers.csv")
    with pytest.raises(UserError, match="Nothing has been compared"):
        artifact.make()
    page.open_target(FLIPS)
    qtbot.waitUntil(lambda: page.flips.tab is not None and page.flips.tab.empty.isVisible())
    with pytest.raises(UserError, match="Nothing has been compared"):
        artifact.make()
    assert context.jobs.close()
