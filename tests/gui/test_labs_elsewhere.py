"""Runs that lie elsewhere: opened, listed, resumed and taken off the list, and never moved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.notices import Notice
from app.pages.labs import front as front_module
from app.pages.labs.run_work import run
from app.paths import find_paths
from app.runs.run_links import LINKS, read_links, target_of, target_of_files
from app.services import open_services
from app.settings_file import SettingsStore
from app.shell.dropped import models_in, work_in
from app.shell.providers import find_runs
from labs.experiments.running.pause import PauseSwitch
from models.cancel import CancelToken
from models.long_work import result_of
from tests.gui.labs_bench import labs_user
from tests.gui.labs_page import SMALL, LabsUser, plan_small


@pytest.fixture(scope="module")
def hand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a class: two finished runs and one that was never begun."""
    folder = tmp_path_factory.mktemp("class")
    paths = find_paths({"ASSAY_HOME": str(tmp_path_factory.mktemp("theirs"))})
    services = open_services(paths, SettingsStore(paths.settings_file))
    for model in ("sim:bad-format", "sim:always-yes"):
        result_of(run(services, plan_small(folder, model), PauseSwitch(), CancelToken()))
    plan_small(folder, "sim:able")
    services.close()
    return folder


@pytest.fixture
def elsewhere(hand_ins: Path, tmp_path: Path) -> Path:
    return shutil.copytree(hand_ins, tmp_path / "class")


@pytest.fixture
def user(
    context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LabsUser]:  # fmt: skip
    monkeypatch.setattr(front_module.LabsFront.__init__, "__defaults__", ((SMALL,),))
    yield from labs_user(context, qtbot)


def one_of(elsewhere: Path, model: str = "bad-format") -> Path:
    return next(path for path in elsewhere.iterdir() if model in path.name)


def link(user: LabsUser, *folders: Path) -> None:
    user.front.runs.files.link(folders)
    user.until(lambda: not user.context.jobs.running)


def home_of(user: LabsUser) -> Path:
    return user.context.services.paths.runs


def test_a_run_folder_is_chosen_opened_and_left_where_it_is(
    user: LabsUser, elsewhere: Path
) -> None:
    path = one_of(elsewhere)
    user.front.runs.show_table()
    user.front.runs.table.empty_folder.click()
    dialog = user.front.runs.findChild(QFileDialog)
    dialog.fileSelected.emit(str(path))
    user.until(lambda: user.result_path == path)
    assert path.is_dir() and read_links(home_of(user)) == (path,)
    dialog.close()


def test_the_folder_of_a_class_brings_all_its_runs(user: LabsUser, elsewhere: Path) -> None:
    link(user, elsewhere)
    rows = user.front.runs.rows
    assert [row.is_linked for row in rows] == [True] * 3
    assert {row.path for row in user.front.runs.table.selected()} == {row.path for row in rows}
    link(user, elsewhere)
    assert len(user.front.runs.rows) == 3


def test_a_folder_of_a_run_that_is_dropped_on_the_window_is_opened(
    user: LabsUser, elsewhere: Path
) -> None:
    path = one_of(elsewhere)
    user.front.open_target(target_of_files([path]))
    user.until(lambda: user.result_path == path)


def test_runs_and_hand_ins_that_are_dropped_are_told_from_models(
    elsewhere: Path, tmp_path: Path
) -> None:
    (tmp_path / "lab.zip").write_bytes(b"")
    names = (elsewhere, tmp_path / "lab.zip", tmp_path, tmp_path / "a.gguf", tmp_path / "a.txt")
    urls = [QUrl.fromLocalFile(str(path)) for path in names]
    assert work_in(urls) == names[:2]
    assert models_in(urls) == names[2:4]


def test_a_folder_without_a_run_is_refused_with_a_sentence(
    user: LabsUser, elsewhere: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    link(user, one_of(elsewhere), tmp_path / "empty")
    assert "none lies right inside it" in user.bar
    assert read_links(home_of(user)) == ()


def test_a_linked_run_is_taken_off_the_list_with_undo_and_stays_on_the_disk(
    user: LabsUser, elsewhere: Path
) -> None:
    notices: list[Notice] = []
    user.context.notices.shown.connect(notices.append)
    user.context.notices.attach_window()
    path = one_of(elsewhere)
    link(user, path)
    user.show_runs()
    table = user.front.runs.table
    assert table.bin_button.text() == "Take off the list" and str(path) in table.place.text()
    table.bin_button.click()
    user.until(lambda: not user.front.runs.rows)
    assert path.is_dir() and notices[-1].run is not None
    notices[-1].run()
    user.until(lambda: len(user.front.runs.rows) == 1)


def test_a_linked_run_goes_on_where_it_lies(user: LabsUser, elsewhere: Path) -> None:
    path = one_of(elsewhere, "able")
    link(user, path)
    user.front.runs.resume(path)
    user.until(lambda: not user.front.runs.live_runs and user.result_path == path)
    user.until(lambda: user.front.runs.result.data.row.state == "done")
    assert (path / "report.html").exists()


def test_a_linked_run_whose_folder_is_gone_says_so_in_its_row(
    user: LabsUser, elsewhere: Path
) -> None:
    path = one_of(elsewhere)
    link(user, path)
    shutil.rmtree(path)
    user.show_runs()
    assert "is not there any more" in user.front.runs.table.problem.text()
    user.front.runs.bin.put(path)
    user.until(lambda: not user.front.runs.rows)


def test_a_damaged_list_of_links_hides_no_run(user: LabsUser, elsewhere: Path) -> None:
    shutil.copytree(one_of(elsewhere), home_of(user) / "own")
    (home_of(user) / LINKS).write_text("{", encoding="utf-8")
    user.show_runs()
    assert {row.state for row in user.front.runs.rows} == {"done", "cannot be opened"}
    assert any("the runs themselves are untouched" in row.problem for row in user.front.runs.rows)


def test_what_lies_in_the_home_is_opened_without_a_link(user: LabsUser, elsewhere: Path) -> None:
    own = shutil.copytree(one_of(elsewhere), home_of(user) / "own")
    link(user, own)
    user.until(lambda: user.result_path == own)
    assert read_links(home_of(user)) == ()


def test_a_linked_run_is_found_by_name_and_opened(user: LabsUser, elsewhere: Path) -> None:
    path = one_of(elsewhere)
    link(user, path)
    opened: list[str] = []
    user.context.navigation.requested.connect(lambda _page, target: opened.append(target))
    next(c for c in find_runs(user.context, "bad-format") if c.name == path.name).run()
    assert opened == [target_of(home_of(user), path)]
    user.front.runs.show_table()
    user.front.open_target(opened[0])
    user.until(lambda: user.result_path == path)
