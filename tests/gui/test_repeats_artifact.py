"""The report of repeated answers beside the sheet about sampling, whose page is another one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs.repeats_artifact import REPORT_NAME, repeats_report
from app.pages.labs.run_work import run
from app.paths import find_paths
from app.services import open_services
from app.settings_file import SettingsStore
from app.shell.pages import PAGES
from app.shell.window import MainWindow
from labs.experiments.experiment import Size
from labs.experiments.running.pause import PauseSwitch
from labs.repeats.experiment import EXPERIMENT
from models.cancel import CancelToken
from models.errors import UserError
from models.long_work import result_of
from tests.gui.labs_page import SMALL, plan_small

FEW = replace(EXPERIMENT, sizes=dict.fromkeys(EXPERIMENT.sizes, Size(2, 2)))
OLD, NEW = "sim:able?accuracy=0.5", "sim:always-yes"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs of repeated answers, an older and a newer one, and one of another lab."""
    paths = find_paths({"ASSAY_HOME": str(tmp_path_factory.mktemp("repeats"))})
    services = open_services(paths, SettingsStore(paths.settings_file))
    for model in (OLD, NEW):
        prepared = plan_small(paths.runs, model, experiment=FEW)
        result_of(run(services, prepared, PauseSwitch(), CancelToken()))
    plan_small(paths.runs, OLD, experiment=SMALL)
    services.close()
    return paths.runs


def folder_of(runs: Path, model: str) -> Path:
    name = model.partition(":")[2].partition("?")[0]
    return next(path for path in runs.iterdir() if "repeats" in path.name and name in path.name)


def test_it_is_the_report_of_the_last_run_with_verdict_shares_and_intervals(runs: Path) -> None:
    text = result_of(repeats_report(runs, None))
    assert text.startswith(f"# Repeated answers: {NEW}")
    for part in ("may not conclude", "Right answers and their scatter", "95 %", "Question by"):
        assert part in text


def test_the_run_that_is_open_goes_before_the_last_one(runs: Path) -> None:
    assert OLD in result_of(repeats_report(runs, folder_of(runs, OLD))).splitlines()[0]


def test_a_run_of_another_lab_does_not(runs: Path) -> None:
    other = next(path for path in runs.iterdir() if "brittleness" in path.name)
    assert NEW in result_of(repeats_report(runs, other)).splitlines()[0]


@pytest.mark.parametrize("is_begun", [False, True], ids=["nothing", "not finished"])
def test_what_is_not_there_yet_is_told(tmp_path: Path, is_begun: bool) -> None:
    if is_begun:
        plan_small(tmp_path, OLD, experiment=FEW)
    with pytest.raises(UserError, match="0 of 80 trials" if is_begun else "no run of Repeated"):
        result_of(repeats_report(tmp_path, None))


def test_the_sheet_keeps_it_from_the_tokens_page_before_the_labs_were_ever_opened(
    context: AppContext, runs: Path, qtbot: QtBot
) -> None:
    os.symlink(runs, context.services.paths.runs)
    window = MainWindow(context.theme, context.services.settings, PAGES)
    qtbot.addWidget(window)
    window.furnish(context)
    window.lab_sheet.open("sampling")
    qtbot.waitUntil(lambda: window.lab_sheet.lab is not None)
    drawer = window.lab_sheet.drawer
    assert drawer is not None and drawer.attempt is not None
    for question in drawer.attempt.sheet.predictions:
        drawer.fields[question].setPlainText("I don't know")
    drawer.lock_card.button.click()
    drawer.artifacts[REPORT_NAME].button.click()
    kept = drawer.attempt.path / REPORT_NAME
    qtbot.waitUntil(kept.exists)
    assert kept.read_text(encoding="utf-8").startswith("# Repeated answers")
    assert window.front_id == "tokens"
