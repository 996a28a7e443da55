"""Runs in the whole window: behind other pages, beside chats, and over its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.crash import CrashLog
from app.pages.labs import front as front_module
from app.pages.labs.benches import BENCHES
from app.pages.labs.page import LabsPage
from app.pages.labs.places import PLACES, lab_name
from app.pages.labs.runs_table import RUN_COLUMNS, RunsTable
from app.pages.page import Command
from app.services import Services
from app.shell.desktop import Desktop
from app.shell.window import MainWindow
from labs.catalog import EXPERIMENTS
from tests.gui.labs_page import SLOW, SMALL, LabsUser
from tests.gui.person import Person


@pytest.fixture(autouse=True)
def a_small_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_module.LabsFront.__init__, "__defaults__", ((SMALL,),))


@pytest.fixture
def student(person: Person) -> Iterator[LabsUser]:
    """Somebody at the Labs page of the window of `person`."""
    yield student_at(person.desktop, person.qtbot)
    person.desktop.context.jobs.cancel_all()
    person.qtbot.waitUntil(lambda: not person.desktop.context.jobs.running)


def student_at(desktop: Desktop, qtbot: QtBot) -> LabsUser:
    desktop.window.open("labs")
    page = desktop.window.page("labs")
    assert isinstance(page, LabsPage)
    qtbot.waitUntil(lambda: page.front is not None and not desktop.context.jobs.running)
    return LabsUser(page, qtbot)


def test_labs_stand_between_chat_and_models_on_their_own_key(person: Person) -> None:
    window = person.desktop.window
    assert window.page_ids[:3] == ("chat", "labs", "models")
    keys = {command.name: command.shortcut for command in window.commands()}
    assert (keys["Go to Labs"], keys["Go to Models"]) == ("Ctrl+2", "Ctrl+3")


def test_places_that_can_be_opened_by_name_are_those_of_the_catalog() -> None:
    labs = [(lab_name(each.title), f"lab:{each.id}") for each in EXPERIMENTS]
    benches = [(each.title, f"lab:{each.id}") for each in BENCHES]
    named = [(place.name, place.target) for place in PLACES if place.detail == "Lab"]
    assert named == [*labs, *benches]


def test_a_lab_is_opened_by_name_before_its_page_was_there(person: Person) -> None:
    window = person.desktop.window
    command = next(c for c in window.commands() if c.name == "Set up the lab Brittleness")
    command.run()
    user = student_at(person.desktop, person.qtbot)
    assert user.front.labs.lab == "brittleness"
    assert [c.name for c in window.commands()].count(command.name) == 1
    user.front.labs.setup.stop()


def test_keys_of_the_page_work_as_soon_as_it_has_loaded(person: Person, student: LabsUser) -> None:
    window = person.desktop.window
    window.activateWindow()
    person.qtbot.waitUntil(window.isActiveWindow)
    person.qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert student.front.tabs.currentWidget() is student.front.runs
    assert student.front.runs.table.search.hasFocus()


def test_a_run_goes_on_behind_the_chat_which_answers_on_another_model(
    person: Person, student: LabsUser
) -> None:
    run = student.start(SLOW)
    person.desktop.window.open("chat")
    assert person.ask("Hello", "sim:echo").text == "Hello"
    student.until(lambda: run.done > 5)
    student.until(lambda: run.job.state == "finished")
    assert any("Brittleness is done." in text for text in person.notices)


def test_a_chat_on_the_same_model_says_who_has_it_and_can_pause_the_run(
    person: Person, student: LabsUser
) -> None:
    slower = SLOW.replace("20", "50")
    run = student.start(slower)
    student.until(lambda: run.done > 3)
    person.desktop.window.open("chat")
    with student.qtbot.waitSignal(person.page.session.reply_ended):
        person.begin("Hello", slower)
        student.until(lambda: any("waits for the brittleness run" in t for t in person.notices))
        assert "the brittleness run" in person.busy_words
        press(person, "Pause the run")
    assert run.is_paused and person.page.session.branch[-1].role == "assistant"
    done = run.done
    press(person, "Resume")
    student.until(lambda: run.done > done)


def test_a_paused_run_says_so_in_the_table_and_goes_on_from_there(
    person: Person, student: LabsUser
) -> None:
    run = student.start(SLOW.replace("20", "50"))
    student.until(lambda: run.done > 3)
    student.front.runs.show_table()
    table = student.front.runs.table
    student.until(lambda: "running" in state_of(table))
    assert not table.resume_button.isEnabled()
    run.pause()
    student.until(lambda: state_of(table).startswith("paused, "))
    table.resume_button.click()
    student.until(lambda: not run.is_paused)
    assert student.front.runs.currentWidget() is student.front.runs.live


def state_of(table: RunsTable) -> str:
    return str(table.rows.index(0, [c.title for c in RUN_COLUMNS].index("State")).data() or "")


def press(person: Person, words: str) -> None:
    """The button of a notice."""
    cards = person.desktop.window.overlays.notices.cards
    next(c for c in cards if c.action_button.text() == words).action_button.click()


@pytest.mark.slow
def test_a_window_closed_in_the_middle_loses_nothing(
    qapp: QApplication, services: Services, person: Person, student: LabsUser, qtbot: QtBot
) -> None:
    run = student.start(SLOW)
    student.until(lambda: run.done > 3)
    person.desktop.window.quit()
    qtbot.waitSignal(person.desktop.window.closed).wait()
    person.desktop.close()
    desktop = Desktop(qapp, services, CrashLog(services.paths.crashes))
    qtbot.addWidget(desktop.window)
    with qtbot.waitSignal(desktop.opened):
        desktop.open()
    again = student_at(desktop, qtbot)
    again.show_runs()
    assert again.front.runs.rows[0].done > 3
    again.front.runs.resume(run.path)
    again.until(lambda: again.result_path == run.path)
    assert again.front.runs.result.data.row.state == "done"
    desktop.close()


def named(window: MainWindow, name: str) -> Command | None:
    return next((command for command in window.commands() if command.name == name), None)


def test_every_button_in_sight_can_be_pressed_by_its_name(
    person: Person, student: LabsUser
) -> None:
    window, done = person.desktop.window, student.finish()
    for name in ("Label thirty by hand", "Open the report", "Export this run",
                 "Copy or save the chart", "Back to my runs", "All labs"):  # fmt: skip
        assert named(window, name), name
    named(window, "Back to my runs").run()
    student.until(lambda: named(window, "Open the selected run") is not None)
    assert named(window, "Resume the selected run") is None  # there is nothing to resume
    named(window, "Move the selected run to the bin").run()
    student.until(lambda: not done.exists())


def test_a_button_that_went_while_the_palette_was_open_does_nothing(
    person: Person, student: LabsUser, qtbot: QtBot
) -> None:
    passing = QPushButton("Passing", student.front)
    passing.setAccessibleName("Passing")
    passing.show()
    command = named(person.desktop.window, "Passing")
    with qtbot.waitSignal(passing.destroyed):
        passing.deleteLater()
    command.run()


def test_keys_scroll_a_result_that_has_just_been_opened(
    person: Person, student: LabsUser, qtbot: QtBot
) -> None:
    start = student.set_up().size_card.start_button
    start.setFocus()
    qtbot.keyClick(start, Qt.Key.Key_Space)
    result = student.front.runs.result
    qtbot.waitUntil(lambda: result._scroll.hasFocus())
    qtbot.keyClick(result._scroll, Qt.Key.Key_PageDown)
    assert result._scroll.verticalScrollBar().value() > 0
    student.show_runs()
    table = student.front.runs.table.table
    qtbot.waitUntil(table.hasFocus)


def test_a_run_that_ends_takes_no_key_from_who_writes_on_the_sheet(
    person: Person, student: LabsUser, qtbot: QtBot
) -> None:
    run = student.start(SLOW)
    student.page.sheet_button.setChecked(True)
    field = next(iter(student.front.drawer.fields.values()))
    field.setFocus()
    student.until(lambda: student.result_path == run.path)
    assert field.hasFocus()
