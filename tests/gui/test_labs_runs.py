"""My runs, results and single trials: real folders of runs on simulated subjects."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.notices import Notice
from app.pages.labs import front as front_module
from app.pages.labs.answer_text import MOST_SHOWN, AnswerText, cut_note
from app.pages.labs.grid_data import FILTERS, WRONG
from app.pages.labs.page import LabsPage
from app.pages.labs.run_work import run
from app.pages.labs.runs_table import RUN_COLUMNS
from app.pages.labs.sheet_answers import draft_path
from app.paths import Paths, find_paths
from app.runs.run_list import list_runs, new_folder
from app.services import open_services
from app.settings_file import SettingsStore
from app.widgets.bin_window import BinWindow
from labs.brittleness.verdict import UNSTABLE
from labs.experiments.record.trials import TrialRecord
from labs.experiments.running.pause import PauseSwitch
from labs.lab_book.answers import answers_text, parse_answers
from labs.lab_book.sheet_text import parse_sheet
from models.cancel import CancelToken
from models.errors import UserError
from models.long_work import result_of
from tests.gguf_files import write_gguf
from tests.gui.labs_page import ABLE, SMALL, LabsUser, many_trials, plan_small

BAD = "sim:bad-format"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two finished runs of the same plan on different subjects."""
    paths = find_paths({"ASSAY_HOME": str(tmp_path_factory.mktemp("labs"))})
    services = open_services(paths, SettingsStore(paths.settings_file))
    for model in (BAD, "sim:always-yes"):
        prepared = plan_small(paths.runs, model)
        result_of(run(services, prepared, PauseSwitch(), CancelToken()))
    services.close()
    return paths.runs


@pytest.fixture
def user(
    context: AppContext, paths: Paths, finished: Path, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[LabsUser]:  # fmt: skip
    monkeypatch.setattr(front_module.LabsFront.__init__, "__defaults__", ((SMALL,),))
    shutil.copytree(finished, paths.runs)
    page = LabsPage(context)
    for widget in (page, *page.header_widgets()):
        qtbot.addWidget(widget)
    page.resize(1250, 760)
    page.show()
    page.activate()
    qtbot.waitUntil(lambda: page.front is not None and not context.jobs.running)
    made = LabsUser(page, qtbot)
    made.show_runs()
    yield made
    context.jobs.cancel_all()
    qtbot.waitUntil(lambda: not context.jobs.running)


def folder_of(user: LabsUser, model: str = BAD) -> Path:
    return next(row.path for row in user.front.runs.rows if model in row.models)


def open_result(user: LabsUser, model: str = BAD) -> None:
    path = folder_of(user, model)
    user.front.runs.open_run(path)
    user.until(lambda: user.result_path == path and not user.context.jobs.running)


def said(user: LabsUser) -> list[Notice]:
    notices: list[Notice] = []
    user.context.notices.shown.connect(notices.append)
    user.context.notices.attach_window()
    return notices


# ---- the table ---------------------------------------------------------------------------------


def test_runs_stand_in_the_table_with_what_they_found(user: LabsUser) -> None:
    rows = {row.models[0]: row for row in user.front.runs.rows}
    assert rows[BAD].state == "done" and rows[BAD].n_items == 8
    assert rows[BAD].finding and rows[BAD].lab == "Brittleness"


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [("{", "is damaged"), ('{"schema_version": 99}', "newer Assay"), (None, "no plan.json")],
)
def test_what_cannot_be_opened_says_why_in_its_row(
    user: LabsUser, plan: str | None, sentence: str
) -> None:
    folder = user.context.services.paths.runs / "copied"
    folder.mkdir()
    if plan is not None:
        (folder / "plan.json").write_text(plan)
    user.show_runs()
    user.front.runs.table.table.clearSelection()
    user.front.runs.table.select({folder})
    assert sentence in user.front.runs.table.problem.text()
    assert not user.front.runs.table.open_button.isEnabled()


def test_codes_of_students_stand_in_the_table_where_there_are_some(user: LabsUser) -> None:
    table = user.front.runs.table
    column = [each.title for each in RUN_COLUMNS].index("Student")
    assert not table.table.isColumnHidden(column)
    assert table.rows.index(0, column).data() == "c-17"
    note = [each.title for each in RUN_COLUMNS].index("Note")
    assert table.table.isColumnHidden(note)
    nobody = [replace(row, student="", note="for Friday") for row in user.front.runs.rows]
    table.show_runs(nobody)
    assert table.table.isColumnHidden(column) and not table.table.isColumnHidden(note)


def test_a_note_is_kept(user: LabsUser) -> None:
    table = user.front.runs.table
    path = table.selected()[0].path
    table.note.setText("for Friday")
    table.note.editingFinished.emit()
    user.until(lambda: not user.context.jobs.running)
    assert "for Friday" in {row.note for row in result_of(list_runs(path.parent))}


def test_the_bin_can_be_undone(user: LabsUser) -> None:
    notices, path = said(user), folder_of(user)
    user.front.runs.bin.put(path)
    user.until(lambda: len(user.front.runs.rows) == 1)
    undo = notices[-1].run
    assert undo is not None
    undo()
    user.until(lambda: len(user.front.runs.rows) == 2 and path.exists())


def look_into_bin(user: LabsUser) -> BinWindow:
    table = user.front.runs.table
    user.until(lambda: table._to_bin[0].isVisible())
    assert table._to_bin[0].text() == "In the bin (1)"
    window = user.front.runs.bin.open()
    user.until(lambda: window.list.count() == 1)
    return window


def test_a_run_is_taken_out_of_the_bin_again(user: LabsUser) -> None:
    path = folder_of(user)
    user.front.runs.bin.put(path)
    window = look_into_bin(user)
    assert BAD in window.list.item(0).text()
    window.restore.click()
    user.until(lambda: len(user.front.runs.rows) == 2 and window.list.count() == 0)
    assert path.exists() and not user.front.runs.table._to_bin[0].isVisible()


def test_runs_are_deleted_for_good_with_a_second_click(user: LabsUser) -> None:
    away = user.context.services.paths.runs / ".bin" / folder_of(user).name
    user.front.runs.bin.put(folder_of(user))
    window = look_into_bin(user)
    window.empty.click()
    assert away.exists() and "this run for good" in window._words.text()
    window.empty.click()
    user.until(lambda: not away.exists() and window.list.count() == 0)


def test_a_run_that_has_not_changed_is_not_read_again(user: LabsUser) -> None:
    home, rows = user.context.services.paths.runs, user.front.runs.rows
    rows = (replace(rows[0], finding="as before"), replace(rows[1], finding="as before"))
    (rows[1].path / "note.txt").write_text("new", encoding="utf-8")
    again = {row.path: row.finding for row in result_of(list_runs(home, rows))}
    assert again[rows[0].path] == "as before" != again[rows[1].path]


def test_a_run_is_packed_whole(user: LabsUser, tmp_path: Path) -> None:
    path, target = folder_of(user), tmp_path / "run.zip"
    user.front.runs.files.export(path, target)
    user.until(target.exists)
    names = set(zipfile.ZipFile(target).namelist())
    wanted = {"plan.json", "manifest.json", "trials.jsonl", "results.json", "report.html"}
    assert {f"{path.name}/{name}" for name in wanted} <= names


def test_an_export_can_be_shown_in_its_folder(
    user: LabsUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    notices = said(user)
    user.front.runs.files.export(folder_of(user), tmp_path / "run.zip")
    user.until(lambda: notices)
    assert notices[-1].run is not None
    notices[-1].run()
    assert Path(opened[0].toLocalFile()) == tmp_path


def test_an_export_that_cannot_be_written_is_said(user: LabsUser, tmp_path: Path) -> None:
    user.front.runs.files.export(folder_of(user), tmp_path / "nowhere" / "run.zip")
    user.until(lambda: user.bar)
    assert "cannot be packed" in user.bar and not (tmp_path / "nowhere").exists()


def test_two_runs_of_the_same_plan_are_compared_as_pairs(user: LabsUser) -> None:
    first, second = folder_of(user), folder_of(user, "sim:always-yes")
    user.front.runs.compare(first, second)
    user.until(lambda: user.front.runs.comparison.paired.text())
    assert user.front.runs.comparison.paired.text().startswith("On the same 8 items the second")


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    from datetime import datetime

    now = datetime(2026, 11, 25, 9, 0)
    first = new_folder(tmp_path, "brittleness", "My model/Q8", now)
    assert first.name == "2026-11-25-brittleness-My-model-Q8"
    first.mkdir()
    assert new_folder(tmp_path, "brittleness", "My model/Q8", now).name == f"{first.name}-2"


def test_a_run_that_cannot_go_on_says_why_and_keeps_what_it_has(user: LabsUser) -> None:
    prepared = plan_small(user.context.services.paths.runs, "sim:broken")
    user.show_runs()
    user.front.runs.resume(prepared.path)
    user.until(lambda: user.bar)
    assert "cannot be loaded" in user.bar
    user.until(lambda: user.result_path == prepared.path)
    assert user.front.runs.result.resume_button.isVisible()


def test_a_model_that_cannot_go_on_is_set_aside_and_the_other_is_finished(user: LabsUser) -> None:
    prepared = plan_small(user.context.services.paths.runs, "sim:broken", BAD)
    user.show_runs()
    user.front.runs.resume(prepared.path)
    user.until(lambda: user.front.runs.live_runs)
    live = user.front.runs.live
    user.until(lambda: live.aside.isVisible())
    assert live.aside.text().startswith("sim:broken was set aside") and user.bar == ""
    user.until(lambda: user.result_path == prepared.path)
    assert "sim:broken was set aside" in user.bar
    result = user.front.runs.result
    assert "sim:broken could not go on" in result.aside.text()
    assert result.resume_button.isVisible()
    result.model_box.setCurrentText(BAD)
    assert not result.aside.isVisible() and result.numbers.isVisible()
    assert (
        "sim:broken is left out"
        in result._may_not.itemAt(result._may_not.count() - 1).widget().text()
    )


def test_a_model_that_was_brought_back_since_the_last_look_is_found(
    user: LabsUser, tmp_path: Path
) -> None:
    services = user.context.services
    services.library.set_folders([tmp_path])
    result_of(services.library.scan())
    prepared = plan_small(services.paths.runs, "Tiny-Q8_0")
    file = write_gguf(tmp_path / "Tiny-Q8_0.gguf")
    with pytest.raises(UserError) as found:
        result_of(run(services, prepared, PauseSwitch(), CancelToken()))
    assert "There is no model called" not in found.value.message
    assert services.library.find(str(file)) is not None


def test_damaged_trials_are_said_when_the_run_is_opened(user: LabsUser) -> None:
    path = folder_of(user)
    (path / "trials.jsonl").write_text("{\n{}\n", encoding="utf-8")
    user.front.runs.open_run(path)
    user.until(lambda: user.bar)
    assert "Line 1 of trials.jsonl is damaged" in user.bar


# ---- the result --------------------------------------------------------------------------------


def test_a_result_leads_with_the_finding_and_what_it_does_not_show(user: LabsUser) -> None:
    open_result(user)
    result = user.front.runs.result
    stored = json.loads((folder_of(user) / "results.json").read_text())["models"][0]
    told = f"{result.finding.text()} {result.more.text()}".replace("\u00a0", " ")
    assert told.strip() == stored["finding"]["sentence"] and "." not in result.finding.text()[:-1]
    assert result._may_not.count() == 1 + len(stored["finding"]["may_not"])
    assert result.numbers._grid.count() == len(stored["leading"])
    assert result.prediction.text() == "You predicted: more than half"


def test_badges_have_their_room_in_large_text(user: LabsUser) -> None:
    user.page.resize(900, 560)
    user.context.theme.use("light", 150, motion=False)
    open_result(user)
    result = user.front.runs.result
    result.verdict.setText(UNSTABLE)
    result.unfinished.setText("stopped after 10,000 of 10,240 trials")
    result.unfinished.show()
    QApplication.sendPostedEvents()
    for badge in (result.simulated, result.verdict, result.unfinished):
        assert badge.isVisible() and badge.width() >= badge.sizeHint().width()
        assert badge.mapTo(result, badge.rect().topRight()).x() < result.width()
    user.context.theme.use("light", 100, motion=False)


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_the_chart_is_drawn_and_saved(user: LabsUser, tmp_path: Path, kind: str) -> None:
    open_result(user)
    chart = user.front.runs.result.charts.chart
    user.until(lambda: chart.is_drawn)
    chart.save(tmp_path / f"chart.{kind}")
    user.until(lambda: not user.context.jobs.running)
    start = {"png": b"\x89PNG", "svg": b"<?xml", "csv": b""}[kind]
    assert (tmp_path / f"chart.{kind}").read_bytes().startswith(start)
    assert chart.accessibleDescription().endswith(".")


def test_every_chart_of_a_result_can_be_chosen(user: LabsUser) -> None:
    open_result(user)
    result, titles = user.front.runs.result, set()
    assert result.data is not None
    charts = result.data.results[0].charts
    for place in range(result.charts.choice.count()):
        result.charts.choice.setCurrentIndex(place)
        user.until(lambda: result.charts.chart.is_drawn)
        titles.add(result.charts.chart.accessibleName())
    assert len(charts) == 3 and titles == {chart.title for chart in charts}


def test_the_chart_is_copied_as_an_image(user: LabsUser) -> None:
    open_result(user)
    user.until(lambda: user.front.runs.result.charts.chart.is_drawn)
    user.front.runs.result.charts.chart.copy()
    assert not QGuiApplication.clipboard().image().isNull()


def test_the_report_is_written_anew_and_opened(
    user: LabsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    open_result(user)
    (folder_of(user) / "answers.md").write_text("My own words.", encoding="utf-8")
    user.front.runs.result.report_button.click()
    user.until(lambda: opened)
    assert "My own words." in Path(opened[0].toLocalFile()).read_text(encoding="utf-8")


# ---- the grid and one trial --------------------------------------------------------------------


def records(user: LabsUser) -> list[TrialRecord]:
    grid = next(iter(user.front.runs.result.data.grids.values()))
    return [cell for row in grid.cells for cell in row if cell is not None]


def test_the_grid_begins_with_the_baseline_and_holds_every_trial(user: LabsUser) -> None:
    open_result(user)
    grid = next(iter(user.front.runs.result.data.grids.values()))
    assert grid.columns[0] == "Baseline: One fact a line" and grid.columns[1] == "JSON"
    assert len(records(user)) == 56
    assert grid.lanes["free"].count(WRONG) == 8  # all of one format


def test_an_item_is_told_by_its_facts_and_by_its_id_to_whoever_asks(user: LabsUser) -> None:
    open_result(user)
    answers, data = user.front.runs.result.answers, user.front.runs.result.data
    grid, view = next(iter(data.grids.values())), answers.view
    assert " · " in grid.told[0] and grid.items[0] not in grid.told[0]
    view.setFocus()
    user.qtbot.keyClick(view, Qt.Key.Key_Down)
    for said in (view.hint_at(QPoint(5, view.cell_rect(1, 0).center().y())),
                 view.accessibleDescription()):  # fmt: skip
        assert grid.told[1] in said and f"({grid.items[1]})" in said
    answers.search.setText(grid.told[1].partition(" ")[0])
    assert answers.view.shown_items >= 1


@pytest.mark.parametrize(
    ("name", "items"), [("all", 8), ("wrong", 8), ("unclear", 0), ("disagree", 0), ("changed", 8)]
)
def test_filters_show_the_items_that_have_such_answers(
    user: LabsUser, name: str, items: int
) -> None:
    open_result(user)
    answers = user.front.runs.result.answers
    answers.filter.setCurrentIndex(list(FILTERS).index(name))
    assert answers.view.shown_items == items


def test_filters_lane_and_search_work_together_and_are_counted(user: LabsUser) -> None:
    open_result(user)
    answers = user.front.runs.result.answers
    answers.filter.setCurrentIndex(list(FILTERS).index("wrong"))
    assert answers.count.text() == "8 answers in 8 of 8 items"
    item = next(iter(user.front.runs.result.data.grids.values())).items[0]
    answers.search.setText(" ".join(reversed(item.split("-"))).upper())
    assert (answers.view.shown_items, answers.count.text()) == (1, "1 answer in 1 of 8 items")
    answers.lane.setCurrentIndex(2)
    answers.filter.setCurrentIndex(list(FILTERS).index("unclear"))
    assert answers.view.shown_items == 0 and "No answer" in answers.count.text()


def test_all_answers_come_back_with_one_click_and_with_another_run(user: LabsUser) -> None:
    open_result(user)
    answers = user.front.runs.result.answers
    assert answers.all_button.isHidden()
    answers.search.setText("nothing is called so")
    assert answers.view.shown_items == 0 and not answers.all_button.isHidden()
    answers.all_button.click()
    assert answers.view.shown_items == 8 and answers.all_button.isHidden()
    answers.filter.setCurrentIndex(list(FILTERS).index("unclear"))
    open_result(user, "sim:always-yes")
    assert answers.view.shown_items == 8


def test_a_click_on_a_cell_shows_the_trial_and_exactly_what_was_sent(user: LabsUser) -> None:
    open_result(user)
    result, grid = user.front.runs.result, user.front.runs.result.answers.view
    place = grid.cell_rect(0, 1).center()
    user.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    user.until(lambda: result.inspector.prompt.text.toPlainText())
    record = result.inspector.record
    lines = (folder_of(user) / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    sent = next(p for p in map(json.loads, lines) if p["hash"] == record.prompt)
    whole = "".join(part["text"] for part in sent["parts"])
    assert result.inspector.prompt.text.toPlainText() == whole
    assert record.factors["format"] == "json"


@pytest.mark.parametrize(("letters", "told"), [(600_000, "8,000 of 600,000 letters"), (20, "")])
def test_an_answer_as_long_as_a_book_is_shown_in_part(
    qtbot: QtBot, letters: int, told: str
) -> None:
    shown = AnswerText("x" * letters)
    qtbot.addWidget(shown)
    fields = shown.findChildren(QPlainTextEdit)
    assert told in cut_note("x" * letters) and bool(fields) == bool(told)
    assert all(len(field.toPlainText()) == MOST_SHOWN for field in fields)


def test_the_wheel_goes_on_to_the_page_where_no_item_is_out_of_sight(user: LabsUser) -> None:
    open_result(user)
    grid = user.front.runs.result.answers.view
    across = grid.horizontalScrollBar()
    across.setRange(0, 500)
    middle = QPointF(grid.viewport().rect().center())
    turned = QWheelEvent(
        middle, grid.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(grid.viewport(), turned)
    assert across.value() == 0 and not turned.isAccepted()


def test_arrow_keys_and_enter_reach_every_cell(user: LabsUser) -> None:
    open_result(user)
    grid = user.front.runs.result.answers.view
    grid.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        user.qtbot.keyClick(grid, key)
    assert "JSON" in grid.accessibleDescription()
    assert user.front.runs.result.inspector.isVisible()


def test_escape_closes_the_trial_and_the_focus_is_back_in_the_grid(user: LabsUser) -> None:
    open_result(user)
    result = user.front.runs.result
    result.open_trial(records(user)[0])
    result.inspector.prompt.text.setFocus()
    user.qtbot.keyClick(result.inspector, Qt.Key.Key_Escape)
    assert not result.inspector.isVisible() and result.answers.view.isVisible()


def test_a_trial_shows_truth_rule_lean_and_times(user: LabsUser) -> None:
    open_result(user)
    inspector = user.front.runs.result.inspector
    user.front.runs.result.open_trial(records(user)[0])
    from PySide6.QtWidgets import QLabel

    text = "\n".join(label.text() for label in inspector.findChildren(QLabel))
    for words in ("Right is", "The answer begins with the label", "Lean: ", "Room left", "seed"):
        assert words in text


def test_the_prompt_is_shown_as_tokens_where_the_model_is_at_hand(user: LabsUser) -> None:
    open_result(user)
    inspector = user.front.runs.result.inspector
    user.front.runs.result.open_trial(records(user)[0])
    user.until(lambda: not user.context.jobs.running)
    inspector.tokens_button.click()
    user.until(lambda: inspector.strip.isVisible())
    assert "".join(c.text for c in inspector.strip.canvas.cells) == (
        inspector.prompt.text.toPlainText()
    )


def test_ten_thousand_trials_scroll_and_filter_at_once(user: LabsUser) -> None:
    """Sixty milliseconds is what a person may feel; the shape is made in the job."""
    folder = folder_of(user)
    many_trials(folder)
    user.front.runs.open_run(folder)
    user.until(lambda: user.result_path == folder and not user.context.jobs.running)
    answers = user.front.runs.result.answers
    assert len(records(user)) >= 10_000

    def all_filters() -> None:
        for place in range(answers.filter.count()):
            answers.filter.setCurrentIndex(place)

    def scroll() -> None:
        bar = answers.view.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        answers.view.viewport().repaint()

    assert min(seconds(all_filters) for _ in range(3)) < 0.06
    assert min(seconds(scroll) for _ in range(3)) < 0.06


def seconds(action: object) -> float:
    started = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - started


# ---- by hand -----------------------------------------------------------------------------------


def test_thirty_answers_are_labelled_by_hand_and_kept(user: LabsUser) -> None:
    open_result(user)
    user.front.runs.result.label_button.click()
    view = user.front.runs.labels
    user.until(lambda: user.front.runs.currentWidget() is view)
    for _ in range(30):
        says_yes = view.said.text() == "YES"
        user.qtbot.keyClick(view, Qt.Key.Key_1 if says_yes else Qt.Key.Key_2)
    assert len(json.loads((folder_of(user) / "labels.json").read_text())["labels"]) == 30
    assert "agrees with you in 100 %" in view._result.itemAt(0).widget().text()
    told = [view._result.itemAt(place).widget().text() for place in range(view._result.count())]
    assert any("that you read as “yes”, it reads 100 % so too." in text for text in told)


# ---- the sheet ---------------------------------------------------------------------------------

SHEET = """## Goal

Find out.

## Predict first

> ? How many will change?

Think.

> ? Why?
"""


def test_answers_come_back_as_they_were_typed() -> None:
    blocks = parse_sheet(SHEET)
    typed = {"How many will change?": "Ten.\n\n## or so\n> quoted", "Why?": "Because."}
    text = answers_text("Brittleness", blocks, typed)
    assert parse_answers(text, blocks) == typed
    assert [b.kind for b in blocks].count("question") == 2


def test_an_answer_before_the_run_moves_into_it(user: LabsUser) -> None:
    setup = user.set_up(ABLE)
    drawer, home = user.front.drawer, user.context.services.paths.runs
    user.page.sheet_button.setChecked(True)
    question, field = next(iter(drawer.fields.items()))
    field.setPlainText("Ten of them.")
    user.until(lambda: draft_path(home, SMALL.id).exists())
    setup.size_card.start_button.click()
    user.until(lambda: user.result_path and (user.result_path / "answers.md").exists())
    assert "Ten of them." in (user.result_path / "answers.md").read_text(encoding="utf-8")
    assert drawer.fields[question].toPlainText() == "Ten of them."
    assert not draft_path(home, SMALL.id).exists()


def test_the_sheet_stands_beside_the_page_in_a_wide_window_and_in_a_narrow_one(
    user: LabsUser,
) -> None:
    user.set_up(ABLE)
    user.page.sheet_button.setChecked(True)
    drawer, tabs = user.front.drawer, user.front.tabs
    assert tabs.width() + drawer.width() == user.front.width()
    user.page.resize(1000, 700)
    room = 1000 - drawer.width()
    user.until(lambda: tabs.width() == max(room, tabs.minimumSizeHint().width()))
    assert drawer.geometry().right() == user.front.rect().right()
    assert drawer.mapTo(user.page, QPoint(0, 0)).x() > 600
