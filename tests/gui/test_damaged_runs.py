"""Run folders from anybody: what is damaged says so, and takes nothing else with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs.run_data import load_prompts, load_run
from app.pages.labs.run_work import run
from app.paths import find_paths
from app.runs.run_list import DAMAGED, OPEN, list_runs
from app.services import open_services
from app.settings_file import SettingsStore
from labs.experiments.record.plan import content_hash
from labs.experiments.running.pause import PauseSwitch
from models.cancel import CancelToken
from models.errors import UserError
from models.long_work import result_of
from tests.gui.labs_bench import labs_user
from tests.gui.labs_page import ABLE, LabsUser, plan_small

DEEP = "[" * 100_000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = find_paths({"ASSAY_HOME": str(tmp_path_factory.mktemp("damaged"))})
    services = open_services(paths, SettingsStore(paths.settings_file))
    prepared = plan_small(paths.runs, ABLE)
    result_of(run(services, prepared, PauseSwitch(), CancelToken()))
    services.close()
    return prepared.path


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    """One of two runs in a home."""
    shutil.copytree(whole, tmp_path / "neighbour")
    return Path(shutil.copytree(whole, tmp_path / "damaged"))


def change(file: Path, spoil: Callable[[Any], object]) -> None:
    data = json.loads(file.read_text(encoding="utf-8").splitlines()[0]
                      if file.suffix == ".jsonl" else file.read_text(encoding="utf-8"))  # fmt: skip
    spoil(data)
    if file.name == "plan.json":
        data["hash"] = content_hash(data)  # as somebody would who wants it to be read
    file.write_text(json.dumps(data) + "\n", encoding="utf-8")


def state_of(run: Path) -> str:
    """In the list, where its neighbour stands as ever."""
    rows = {row.path.name: row for row in result_of(list_runs(run.parent))}
    assert rows["neighbour"].state == "done"
    return rows[run.name].state


@pytest.mark.parametrize("spoil", [
    lambda plan: plan["design"].pop("n_trials"), lambda plan: plan["design"].update(primary=[]),
    lambda plan: plan.update(models=[]), lambda plan: plan.update(trials=[7]),
    lambda plan: plan["trials"][0].update(factors={"format": 7}),
    lambda plan: plan.update(unknown=1), lambda plan: plan.update(schema_version="1"),
])  # fmt: skip
def test_a_plan_of_another_shape_is_damaged_whatever_its_hash_says(
    copied: Path, spoil: Callable[[Any], object]
) -> None:
    change(copied / "plan.json", spoil)
    assert state_of(copied) == DAMAGED
    with pytest.raises(UserError, match="is damaged"):
        result_of(load_run(copied))


@pytest.mark.parametrize("content", [DEEP, "null", '{"schema_version": null}', '{"models": [7]}'])
def test_damaged_results_can_be_worked_out_again(copied: Path, content: str) -> None:
    (copied / "results.json").write_text(content)
    assert state_of(copied) in (OPEN, "done")
    data = result_of(load_run(copied))
    assert "damaged" in data.problem and not data.results and data.grids


@pytest.mark.parametrize(("file", "spoil"), [
    ("trials.jsonl", lambda trial: trial.update(factors=7)),
    ("trials.jsonl", lambda trial: trial["lanes"]["free"].update(outcome=["YES"])),
    ("trials.jsonl", lambda trial: trial.update(top=[["a", "b"]])),
    ("manifest.json", lambda manifest: manifest.update(models=["m"])),
    ("manifest.json", lambda manifest: manifest.update(machine={"processor": 7})),
])  # fmt: skip
def test_what_else_is_damaged_is_told_when_the_run_is_opened(
    copied: Path, file: str, spoil: Callable[[Any], object]
) -> None:
    change(copied / file, spoil)
    state_of(copied)
    with pytest.raises(UserError, match=f"{file}.*is damaged"):
        result_of(load_run(copied))


@pytest.mark.parametrize("file", ["plan.json", "manifest.json", "trials.jsonl"])
def test_json_without_end_is_damaged(copied: Path, file: str) -> None:
    (copied / file).write_text(DEEP + "\n")
    state_of(copied)
    with pytest.raises(UserError, match="is damaged"):
        result_of(load_run(copied))


def test_prompts_without_their_names_are_damaged(copied: Path) -> None:
    (copied / "prompts.jsonl").write_text("{}\n")
    with pytest.raises(UserError, match="is damaged"):
        result_of(load_prompts(copied))


@pytest.fixture
def user(context: AppContext, qtbot: QtBot) -> Iterator[LabsUser]:
    yield from labs_user(context, qtbot)


def test_a_run_whose_results_are_damaged_offers_to_conclude_and_takes_an_old_error_away(
    user: LabsUser, whole: Path
) -> None:
    home = user.context.services.paths.runs
    for name in ("damaged", "worse"):
        shutil.copytree(whole, home / name)
    (home / "damaged" / "results.json").write_text(DEEP)
    (home / "worse" / "trials.jsonl").write_text("{}\n")
    user.show_runs()
    table = user.front.runs.table
    table.open_asked.emit(home / "worse")
    user.until(lambda: "Line 1 of trials.jsonl" in user.bar)
    table.open_asked.emit(home / "damaged")
    user.until(lambda: user.result_path == home / "damaged")
    result = user.front.runs.result
    assert user.bar == "" and "are damaged" in result.finding.text()
    assert "nothing concluded" in result.unfinished.text() and result.resume_button.isHidden()
    result.work_out_button.click()
    user.until(lambda: result.data is not None and result.data.results)
