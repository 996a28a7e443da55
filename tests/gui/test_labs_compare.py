"""Two runs, or the models of one, set side by side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs import front as front_module
from app.pages.labs.compare_view import CompareView
from app.pages.labs.run_work import run
from app.paths import Paths, find_paths
from app.services import open_services
from app.settings_file import SettingsStore
from labs.experiments.running.pause import PauseSwitch
from models.cancel import CancelToken
from models.long_work import result_of
from tests.gui.labs_bench import labs_user
from tests.gui.labs_page import SMALL, LabsUser, plan_small

BAD, YES, BY_FORMAT = "sim:bad-format", "sim:always-yes", "sim:by-format"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models, two at a time; the second is in both runs."""
    paths = find_paths({"ASSAY_HOME": str(tmp_path_factory.mktemp("labs"))})
    with closing(open_services(paths, SettingsStore(paths.settings_file))) as services:
        for models in ((BAD, YES), (BY_FORMAT, YES)):
            prepared = plan_small(paths.runs, *models)
            result_of(run(services, prepared, PauseSwitch(), CancelToken()))
    return paths.runs


@pytest.fixture
def user(
    context: AppContext, paths: Paths, runs: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LabsUser]:
    """Somebody who has run them all."""
    monkeypatch.setattr(front_module.LabsFront.__init__, "__defaults__", ((SMALL,),))
    shutil.copytree(runs, paths.runs)
    for user in labs_user(context, qtbot):
        user.show_runs()
        yield user


def folder_of(user: LabsUser, model: str) -> Path:
    return next(row.path for row in user.front.runs.rows if model in row.models)


def compared(user: LabsUser, first: Path, second: Path) -> CompareView:
    user.front.runs.compare(first, second)
    view = user.front.runs.comparison
    user.until(lambda: view.paired.text() and not user.context.jobs.running)
    return view


def choose(user: LabsUser, view: CompareView, side: int, model: str) -> str:
    """Another model on one side; the sentence that follows."""
    before = view.paired.text()
    view.boxes[side].setCurrentText(model)
    user.until(lambda: view.paired.text() != before)
    return view.paired.text()


def test_the_model_that_both_runs_asked_is_compared_at_first(user: LabsUser) -> None:
    view = compared(user, folder_of(user, BAD), folder_of(user, BY_FORMAT))
    assert [box.currentText() for box in view.boxes] == [YES, YES]
    assert view.paired.text() == (
        "On the same 8 items both runs are right equally often, item by item."
    )


def test_any_model_of_either_run_can_be_chosen(user: LabsUser) -> None:
    view = compared(user, folder_of(user, BAD), folder_of(user, BY_FORMAT))
    said = choose(user, view, 0, BAD)
    assert said.startswith("On the same 8 items the second run is right")
    assert "more rarely than the first" in said
    assert BAD in view._heads[0][0].text() and YES in view._heads[1][0].text()
    user.until(lambda: view.charts[0].is_drawn and view.charts[1].is_drawn)


def test_two_models_of_one_run_are_compared(user: LabsUser) -> None:
    table, path = user.front.runs.table, folder_of(user, BAD)
    table.table.clearSelection()
    table.select({path})
    table.compare_button.click()
    view = user.front.runs.comparison
    user.until(lambda: view.paired.text())
    assert [box.currentText() for box in view.boxes] == [BAD, YES]
    assert "the second model is right" in view.paired.text()
    assert choose(user, view, 1, BAD).startswith("Both sides show the same answers.")
