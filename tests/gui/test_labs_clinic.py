"""The statistics clinic: a class is drawn, and cases are judged before their numbers are seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs.clinic_view import ClinicView
from app.pages.labs.number_list import parts_of
from labs.clinic.cases import cases as cases_of
from models.errors import UserError


def make_view(context: AppContext, qtbot: QtBot) -> ClinicView:
    view = ClinicView(context)
    qtbot.addWidget(view)
    context.theme.hand_to(view)
    view.resize(1100, 700)
    view.show()
    return view


@pytest.fixture
def view(context: AppContext, qtbot: QtBot) -> Iterator[ClinicView]:
    yield make_view(context, qtbot)
    qtbot.waitUntil(lambda: not context.jobs.running)


@pytest.fixture
def cases(view: ClinicView, qtbot: QtBot) -> ClinicView:
    view.tabs.setCurrentWidget(view.cases)
    qtbot.waitUntil(lambda: view.cases.list.count() == 10)
    return view


# ---- a class of students -----------------------------------------------------------------------


def draw(view: ClinicView, qtbot: QtBot, **values: int) -> None:
    for name, value in values.items():
        view.students.form.fields[name].setValue(value)
    view.students.draw_button.click()
    qtbot.waitUntil(lambda: view.students.draw_button.isEnabled())


def test_a_class_shows_who_reports_what_is_true(view: ClinicView, qtbot: QtBot) -> None:
    draw(view, qtbot, students=100)
    assert view.students.finding.text().startswith("One format is 20 percentage points worse.")
    qtbot.waitUntil(lambda: all(chart.is_drawn for chart in view.students.charts))
    assert view.students.charts[0].accessibleDescription()
    assert not view.students.state.isVisible()


def test_without_a_drop_an_effect_is_a_false_alarm(view: ClinicView, qtbot: QtBot) -> None:
    draw(view, qtbot, students=100, drop=0)
    assert view.students.finding.text().startswith("No format is worse")


def test_a_drop_below_nothing_is_refused_in_words(view: ClinicView, qtbot: QtBot) -> None:
    draw(view, qtbot, accuracy=30, drop=50)
    assert view.students.state.text().startswith("The drop cannot be larger than the accuracy")
    assert view.students.lesson is None


def test_each_student_can_be_looked_at(context: AppContext, view: ClinicView, qtbot: QtBot) -> None:
    draw(view, qtbot, students=100, items=100)
    verdicts = set()
    for number in range(2, 8):
        with qtbot.waitSignal(view.students.student.valueChanged):
            view.students.student.setValue(number)
        qtbot.waitUntil(lambda: not context.jobs.running)
        verdicts.add(view.students._verdict.text())
    assert len(verdicts) > 1


# ---- ten cases ---------------------------------------------------------------------------------


def judge(view: ClinicView, verdict: int) -> None:
    view.cases.case.rows[verdict].radio.click()
    view.cases.case.see_button.click()


def test_numbers_come_after_the_guess(cases: ClinicView) -> None:
    case = cases.cases.case
    assert not case.see_button.isEnabled() and not case.why.isVisible()
    judge(cases, 0)
    assert case.why.isVisible() and not case.see_button.isVisible()
    assert [row._mark.text() for row in case.rows] == ["✗ your guess", "✓ right", ""]
    assert cases.cases.score.text() == "1 of 10 judged, 0 of them rightly."


def test_tab_goes_from_the_list_through_the_verdicts_to_the_button(
    cases: ClinicView, qtbot: QtBot
) -> None:
    case = cases.cases.case
    cases.cases.list.setFocus()
    qtbot.keyClick(cases.cases.list, Qt.Key.Key_Tab)
    assert case.rows[0].radio.hasFocus()
    qtbot.keyClick(case.rows[0].radio, Qt.Key.Key_Space)
    qtbot.keyClick(case.rows[0].radio, Qt.Key.Key_Down)
    assert case.rows[1].radio.isChecked() and case.rows[1].radio.hasFocus()
    qtbot.keyClick(case.rows[1].radio, Qt.Key.Key_Tab)
    assert case.see_button.hasFocus()


def test_the_next_case_is_one_key_away(cases: ClinicView, qtbot: QtBot) -> None:
    judge(cases, 1)
    assert cases.cases.case.next_button.hasFocus()
    qtbot.keyClick(cases.cases.case.next_button, Qt.Key.Key_Space)
    assert cases.cases.list.currentRow() == 1
    assert not cases.cases.case.why.isVisible()


def test_progress_is_kept(context: AppContext, cases: ClinicView, qtbot: QtBot) -> None:
    judge(cases, 1)
    later = make_view(context, qtbot)
    later.tabs.setCurrentWidget(later.cases)
    qtbot.waitUntil(lambda: later.cases.list.count() == 10)
    assert later.cases.score.text() == "1 of 10 judged, 1 of them rightly."
    assert later.cases.list.currentRow() == 1  # the first that is open


def test_a_case_can_be_guessed_again(cases: ClinicView) -> None:
    judge(cases, 0)
    cases.cases.case.again_button.click()
    assert cases.cases.guesses == {}
    judge(cases, 1)
    assert cases.cases.score.text() == "1 of 10 judged, 1 of them rightly."


def test_a_damaged_file_of_guesses_is_said(
    context: AppContext, view: ClinicView, qtbot: QtBot
) -> None:
    path: Path = context.services.paths.clinic_progress
    path.write_text("{", encoding="utf-8")
    with qtbot.waitSignal(view.failed) as failed:
        view.tabs.setCurrentWidget(view.cases)
    assert isinstance(failed.args[0], UserError)
    assert "cannot be read" in view.cases.score.text()


def test_every_number_that_decides_a_case_is_told_or_says_why_not() -> None:
    told = {case.id: [parts_of(each) for each in case.evidence.values()] for case in cases_of()}
    assert told["nine-comparisons"][1] == ("p = 0.352", "")
    assert all(value != "not defined" or why for each in told.values() for value, why in each)
