"""The Labs page as a student meets it: cards, set-up, a run with a real worker, its result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTextEdit
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs import front as front_module
from app.pages.labs import run_work
from app.pages.labs.editor_view import EditorView
from app.pages.labs.option_form import OptionForm
from app.pages.labs.runs_table import state_text
from app.shell.providers import find_runs
from labs.experiments.experiment import option
from labs.experiments.record.plan import student_seed
from labs.experiments.running.runner import Run
from models.engine.messages import RowMode
from tests.gui.labs_bench import labs_user
from tests.gui.labs_page import ABLE, SLOW, SMALL, LabsUser


@pytest.fixture
def user(context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabsUser]:
    monkeypatch.setattr(front_module.LabsFront.__init__, "__defaults__", ((SMALL,),))
    yield from labs_user(context, qtbot)


# ---- cards and set-up --------------------------------------------------------------------------


def test_every_lab_of_the_catalog_has_its_card(user: LabsUser) -> None:
    card = user.front.labs.cards.cards[SMALL.id]
    assert card.open_button.isEnabled()
    card.open_button.click()
    assert user.front.labs.lab == SMALL.id


def test_a_question_from_another_page_is_on_the_desk_of_scenario_design(user: LabsUser) -> None:
    user.page.open_target("lab:scenario-design:Is 6:4 the same as 3:2?")
    view = user.front.labs.currentWidget()
    assert isinstance(view, EditorView)
    user.until(lambda: view.desk is not None and view.desk.is_settled)
    assert view.desk is not None
    assert [*view.desk.document.made.items[0].facts.values()] == ["Is 6:4 the same as 3:2?"]


def test_a_lab_that_the_model_cannot_run_is_grey_and_says_why(user: LabsUser) -> None:
    card = user.front.labs.cards.cards[SMALL.id]
    card.experiment = needy = replace(SMALL, needs=("images",))
    user.front.labs._experiments[SMALL.id] = needy
    user.use(ABLE)
    assert not card.open_button.isEnabled()
    assert "does not give images" in card.reason.text()


def test_the_set_up_says_what_fits_and_what_it_can_show(user: LabsUser) -> None:
    setup = user.set_up()
    assert setup.size_card.counts.text().startswith("8 items, 56 trials")
    assert setup.sized is not None and setup.sized.expected is not None
    assert any("would still show" in line for line in setup.sized.expected.sentences)


def test_a_set_up_that_nobody_sees_asks_no_model(user: LabsUser) -> None:
    setup = user.set_up()
    user.page.hide()
    user.use(SLOW)
    assert setup.is_settled and setup.sized is None
    user.page.show()
    user.until(lambda: setup.sized is not None)
    assert setup.sized is not None and setup.sized.wish.models == (SLOW,)


def test_without_a_model_the_set_up_says_what_to_do(user: LabsUser) -> None:
    setup = user.set_up("")
    assert "Choose one at the top" in setup.size_card.state.text()
    assert not setup.size_card.start_button.isEnabled()


def test_a_model_that_cannot_be_loaded_is_said_in_the_set_up(user: LabsUser) -> None:
    setup = user.set_up("sim:broken")
    assert "cannot be loaded" in setup.size_card.state.text()
    assert not setup.size_card.start_button.isEnabled()


def test_trying_three_items_shows_what_was_asked_and_said_and_keeps_nothing(
    user: LabsUser,
) -> None:
    setup = user.set_up()
    setup.try_items()
    user.until(lambda: setup.is_settled)
    tried = setup.size_card.tried
    assert tried.isVisible() and len(tried.rows) == 3 * 7
    row = tried.rows[0]
    assert row.asked.whole.endswith("Answer with one word, YES or NO.") and row.said.whole
    assert row.right.text() in ("Right answer: YES", "Right answer: NO")
    assert {row.kind.text() for row in tried.rows} <= {"Right", "Wrong", "No clear answer"}
    assert not user.context.services.paths.runs.exists()


def test_what_is_tried_is_cut_until_it_is_shown_whole(user: LabsUser) -> None:
    setup = user.set_up()
    setup.try_items()
    user.until(lambda: setup.is_settled)
    tried = setup.size_card.tried
    asked = tried.rows[0].asked
    assert asked.text().endswith("…") and asked.toolTip() == asked.whole
    tried.whole_button.click()
    assert (asked.text(), asked.toolTip()) == (asked.whole, "")


def test_the_items_of_one_student_are_drawn(user: LabsUser) -> None:
    setup = user.set_up()
    setup.student.draws.click()
    user.until(lambda: setup.is_settled)
    assert "Write the student code" in setup.size_card.state.text()
    setup.student.code.setText("c-17")
    setup.student.course.setText("Logic 1")
    user.until(lambda: setup.is_settled)
    assert setup.sized is not None and not setup.seed.isEnabled()
    expected = student_seed("Logic 1", "c-17", setup.sized.request.scenarios)
    assert setup.sized.request.seed == setup.seed.value() == expected
    setup.size_card.start_button.click()
    user.until(lambda: user.result_path)
    plan = json.loads((user.result_path / "plan.json").read_text())
    assert (plan["seed"], plan["student"]) == (expected, "c-17")


def test_several_models_are_asked_in_turn(user: LabsUser) -> None:
    setup = user.set_up()
    setup.models.picker.chosen.emit("sim:always-yes")
    user.until(lambda: setup.is_settled)
    assert setup.sized is not None and tuple(setup.sized.speeds) == (ABLE, "sim:always-yes")
    assert setup.size_card.counts.text().startswith("8 items, 112 trials")
    assert setup.sized.expected is not None
    assert any("models take turns" in line for line in setup.sized.expected.sentences)


def test_a_set_that_is_none_is_refused_with_its_place(user: LabsUser, tmp_path: object) -> None:
    setup = user.set_up()
    path = user.context.services.paths.data / "mine.yaml"
    path.write_text("title: no set\n", encoding="utf-8")
    setup.set.use(path)
    user.until(lambda: setup.is_settled)
    assert "mine.yaml is not a scenario set" in setup.size_card.state.text()


@dataclass(frozen=True)
class Everything:
    kind: str = option("b", "Kind", "Which one.", choices={"a": "First", "b": "Second"})
    count: int = option(3, "Count", "")
    share: float = option(0.5, "Share", "")
    careful: bool = option(True, "Careful", "")
    word: str = option("hello", "Word", "")


def test_the_form_follows_from_the_options(qtbot: QtBot) -> None:
    form = OptionForm(Everything)
    qtbot.addWidget(form)
    assert Everything(**form.values()) == Everything()
    assert form.editors["kind"].accessibleName() == "Kind"


# ---- running -----------------------------------------------------------------------------------


def test_a_run_ends_in_its_result(user: LabsUser) -> None:
    path = user.finish()
    result = user.front.runs.result
    assert "items" in result.finding.text() and result.simulated.isVisible()
    assert path.parent == user.context.services.paths.runs
    assert path.name.endswith("-brittleness-sim-able-accuracy-0.7")
    assert json.loads((path / "results.json").read_text())["complete"]


def test_the_prediction_and_the_code_are_locked_into_the_plan(user: LabsUser) -> None:
    setup = user.set_up()
    setup.prediction.setPlainText("JSON will be worse.")
    setup.student.code.setText("c-17")
    setup.size_card.start_button.click()
    user.until(lambda: user.result_path)
    plan = json.loads((user.result_path / "plan.json").read_text())
    assert (plan["prediction"], plan["student"]) == ("JSON will be worse.", "c-17")


@pytest.mark.parametrize("mode", ["exact", "cold", "batched"])
def test_more_offers_how_prompts_are_read(user: LabsUser, mode: RowMode) -> None:
    setup = user.set_up()
    assert not setup.reading.isVisible() and setup.reading.value() == "exact"
    setup.more.head.click()
    setup.reading.buttons[mode].click()
    user.until(lambda: setup.is_settled)
    setup.size_card.start_button.click()
    user.until(lambda: user.result_path)
    plan = json.loads((user.result_path / "plan.json").read_text())
    assert plan["mode"] == mode


@pytest.mark.parametrize("wanted", [True, False])
def test_a_run_keeps_the_machine_awake_where_the_setting_says_so(
    user: LabsUser, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def noting(*args: Any, keep_awake: bool, **rest: Any) -> Run:
        asked.append(keep_awake)
        return Run(*args, keep_awake=False, **rest)

    monkeypatch.setattr(run_work, "Run", noting)
    user.context.services.settings.change(keep_awake=wanted)
    user.finish()
    assert asked == [wanted]


def test_while_it_runs_there_are_answers_and_no_verdict(user: LabsUser) -> None:
    run = user.start(SLOW)
    live = user.front.runs.live
    user.until(lambda: run.done > 3 and "Provisional" in live.provisional.text())
    assert "trials" in live.state.text() and " p " not in live.provisional.text()
    assert run.job.title in [job.title for job in user.context.jobs.listed]


def test_a_run_is_paused_lets_the_model_go_and_goes_on(user: LabsUser) -> None:
    run = user.start(SLOW)
    user.until(lambda: run.done > 3)
    user.front.runs.live.pause_button.click()
    user.until(lambda: run.rests)
    assert all(not status.holder for status in user.context.services.pool.status())
    done = run.done
    user.front.runs.live.pause_button.click()
    user.until(lambda: run.done > done)


def test_a_stopped_run_is_resumed_from_my_runs(user: LabsUser) -> None:
    run = user.start(SLOW)
    user.until(lambda: run.done > 3)
    user.front.runs.live.stop_button.click()
    user.until(lambda: user.result_path == run.path)
    assert user.front.runs.result.resume_button.isVisible()
    user.show_runs()
    assert "of 56 trials" in state_text(user.front.runs.table.rows.rows[0])
    user.front.runs.table.resume_button.click()
    user.until(lambda: not user.front.runs.live_runs and user.result_path == run.path)
    assert user.front.runs.result.data.row.done == 56


def test_a_run_goes_on_behind_another_view(user: LabsUser) -> None:
    run = user.start(SLOW)
    user.front.runs.show_table()
    user.front.tabs.setCurrentIndex(0)
    user.until(lambda: not run.is_running)
    assert run.job.state == "finished"


def test_an_unfinished_run_can_be_concluded_from_what_is_there(user: LabsUser) -> None:
    run = user.start(SLOW)
    user.until(lambda: run.done >= 28)
    run.stop()
    user.until(lambda: user.result_path == run.path)
    user.front.runs.result.work_out_button.click()
    user.until(lambda: user.front.runs.result.data.results)
    assert "stopped after" in user.front.runs.result.unfinished.text()
    assert " of 8 items" in user.front.runs.result.title.text()


# ---- the whole ---------------------------------------------------------------------------------


def test_labs_and_runs_are_found_by_name(user: LabsUser) -> None:
    path = user.finish()
    found = [command.name for command in find_runs(user.context, "brittleness able")]
    assert found == [path.name]
    assert "Set up the lab Brittleness" in [command.name for command in user.page.commands()]


@pytest.mark.parametrize("where", ["cards", "set-up", "result", "trial", "runs"])
def test_every_control_has_a_name(user: LabsUser, where: str) -> None:
    if where == "set-up":
        user.set_up()
    elif where != "cards":
        user.finish()
    if where == "trial":
        user.front.runs.result.open_trial(first_record(user))
    if where == "runs":
        user.show_runs()
    kinds = (QAbstractButton, QLineEdit, QAbstractSpinBox, QComboBox, QTextEdit)
    controls = [w for kind in kinds for w in user.page.findChildren(kind) if w.isVisible()]
    unnamed = [
        w for w in controls
        if not w.accessibleName() and not (isinstance(w, QAbstractButton) and w.text())
        and not isinstance(w.parentWidget(), QAbstractSpinBox | QComboBox | QLineEdit)
    ]  # fmt: skip
    assert unnamed == []


def first_record(user: LabsUser) -> object:
    grid = next(iter(user.front.runs.result.data.grids.values()))
    return next(cell for row in grid.cells for cell in row if cell)
