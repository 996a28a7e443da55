"""The sheet of a guided lab beside the pages of the window."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.page import Artifact, Page
from app.pages.settings.page import SettingsPage
from app.shell.pages import PageEntry
from app.shell.window import MainWindow
from app.widgets.file_dialog import FileDialog
from app.widgets.sheet.artifact_row import KEEP_AGAIN
from app.widgets.sheet.hand_in_card import still_open
from app.widgets.sheet.lab_drawer import LabDrawer
from app.widgets.sheet.veil import Veil
from labs.lab_book.guided import guided_lab, labs_of
from models.errors import UserError

REPORT, LONG = "token_report.json", "a megabyte"


class TextPage(Page):
    """Stands where the Tokens page stands; `shown` is what can be kept of it."""

    title = "Tokens"
    shown = ""
    target = ""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.numbers = QLabel("34 tokens")
        self.content.addWidget(self.numbers)

    def part(self, target: str) -> QWidget:
        return self.numbers

    def artifacts(self) -> tuple[Artifact, ...]:
        return (Artifact(REPORT, self._report),)

    def open_target(self, target: str) -> None:
        self.target = target

    def _report(self) -> str | Generator[str, None, str]:
        if not self.shown:
            raise UserError("There is no text yet.", "Write one first.")
        return self._long_report() if self.shown == LONG else json.dumps({"text": self.shown})

    def _long_report(self) -> Generator[str, None, str]:
        yield "Writing it down"
        return json.dumps({"text": LONG})


PAGES = (
    PageEntry("tokens", "Tokens", "puzzle-piece", 0, TextPage),
    PageEntry("settings", "Settings", "gear-six", 2, SettingsPage),
)


class Student:
    """Somebody at the window with a sheet open."""

    def __init__(self, context: AppContext, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window = MainWindow(context.theme, context.services.settings, PAGES)
        qtbot.addWidget(self.window)
        self.window.furnish(context)
        self.window.resize(1280, 800)
        self.window.open("tokens")
        self.window.show()

    def open(self, lab: str = "tokens") -> LabDrawer:
        self.window.lab_sheet.open(lab)
        self.wait()
        return self.drawer

    def wait(self) -> None:
        sheet = self.window.lab_sheet
        self.qtbot.waitUntil(lambda: sheet.drawer is not None and sheet.drawer.isVisible())

    @property
    def drawer(self) -> LabDrawer:
        drawer = self.window.lab_sheet.drawer
        assert drawer is not None
        return drawer

    @property
    def predictions(self) -> tuple[str, ...]:
        assert self.drawer.attempt is not None
        return self.drawer.attempt.sheet.predictions

    @property
    def folder(self) -> Path:
        assert self.drawer.attempt is not None
        return self.drawer.attempt.path

    def predict(self, words: str = "About 40") -> None:
        for question in self.predictions:
            self.drawer.fields[question].setPlainText(words)

    def begin(self) -> None:
        self.predict()
        self.drawer.lock_card.button.click()

    def answer(self, words: str) -> str:
        """The first question after the predictions."""
        question = list(self.drawer.fields)[len(self.predictions)]
        self.drawer.fields[question].setPlainText(words)
        return question


@pytest.fixture
def student(context: AppContext, qtbot: QtBot) -> Student:
    return Student(context, qtbot)


def test_a_sheet_stays_open_when_pages_change_and_leads_back_to_its_own(student: Student) -> None:
    drawer = student.open()
    student.window.open("settings")
    assert drawer.isVisible()
    drawer.page_button.click()
    assert student.window.front_id == "tokens"


def test_the_button_in_the_header_offers_the_labs_of_its_page(student: Student) -> None:
    button = student.window.header.sheet_button
    button.click()
    [menu] = button.findChildren(QMenu)
    titles = [action.text() for action in menu.actions()]
    assert titles == [lab.title for lab in labs_of("tokens")]
    menu.actions()[0].trigger()
    menu.close()
    student.wait()
    button.click()
    assert not student.drawer.isVisible()


def test_the_button_is_not_there_on_a_page_without_labs(student: Student) -> None:
    student.window.open("settings")
    assert not student.window.header.sheet_button.isVisible()


def test_escape_closes_the_sheet(student: Student) -> None:
    drawer = student.open()
    student.qtbot.keyClick(drawer, Qt.Key.Key_Escape)
    assert not drawer.isVisible()


def test_the_room_does_not_see_the_sheet(student: Student) -> None:
    drawer = student.open()
    student.window.show_to_room()
    assert not drawer.isVisible()
    student.window.show_to_room()
    assert drawer.isVisible()


def test_beside_the_sheet_a_page_keeps_its_least_width_and_can_be_scrolled_sideways(
    student: Student,
) -> None:
    drawer, area = student.open(), student.window.page_area
    page = student.window.front
    assert isinstance(page, TextPage)
    student.qtbot.waitUntil(lambda: page.width() + drawer.width() == area.width())
    page.numbers.setMinimumWidth(800)
    student.window.resize(1024, 640)
    student.qtbot.waitUntil(lambda: page.width() == page.minimumSizeHint().width() >= 800)
    assert drawer.geometry().right() == area.rect().right()
    drawer.close_button.click()
    student.qtbot.waitUntil(lambda: page.width() == area.width())


def test_the_palette_opens_every_sheet_by_name(student: Student) -> None:
    commands = {command.name: command for command in student.window.commands()}
    commands["Lab sheet: Tokens"].run()
    student.wait()


def test_the_rest_opens_when_predictions_are_locked(student: Student) -> None:
    drawer = student.open()
    assert not drawer.lock_card.button.isEnabled()
    later = list(drawer.fields.values())[len(student.predictions)]
    assert not later.isVisible()
    student.begin()
    assert later.isVisible()
    locked = drawer.answers[student.predictions[0]]
    assert locked.field.isReadOnly()
    assert locked.note.text().startswith("Written ")


def test_what_is_to_be_predicted_is_covered_until_the_predictions_are_locked(
    student: Student,
) -> None:
    """The tab of this lab counts the very tokens that its sheet asks for."""
    student.open("chat-template")
    page = student.window.front
    assert isinstance(page, TextPage) and page.target == "template"
    [veil] = page.findChildren(Veil)
    assert veil.isVisible() and veil.geometry() == page.numbers.geometry()
    assert not page.numbers.isVisible()
    veil.sheet_button.click()
    assert student.drawer.fields[student.predictions[0]].hasFocus()
    student.begin()
    assert not veil.isVisible() and page.numbers.isVisible()


def test_who_looks_first_is_shown_it_and_the_attempt_says_so(student: Student) -> None:
    student.open()
    page = student.window.front
    assert isinstance(page, TextPage)
    page.findChildren(Veil)[0].show_button.click()
    assert page.numbers.isVisible() and not student.drawer.is_open
    assert json.loads((student.folder / "lab.json").read_text())["shown_before_at"]
    student.begin()
    assert "was shown before" in (student.folder / "answers.md").read_text()


def test_nothing_stays_covered_when_the_sheet_is_closed(student: Student) -> None:
    student.open().close_button.click()
    page = student.window.front
    assert isinstance(page, TextPage) and page.numbers.isVisible()
    student.open()
    assert not page.numbers.isVisible()


def spoken(window: QWidget) -> set[str]:
    """The names that a screen reader finds in a window."""
    found, waiting = set(), [QAccessible.queryAccessibleInterface(window)]
    while waiting:
        node = waiting.pop()
        if node is not None and not node.state().invisible:
            found.add(node.text(QAccessible.Text.Name))
            waiting += [node.child(place) for place in range(node.childCount())]
    return found


def test_a_screen_reader_finds_what_is_to_be_predicted_only_when_everybody_does(
    student: Student,
) -> None:
    assert "34 tokens" in spoken(student.window)
    student.open("chat-template")
    told = spoken(student.window)
    assert "34 tokens" not in told and {"Predict first", "Show anyway"} <= told
    student.begin()
    assert "34 tokens" in spoken(student.window)


@pytest.fixture
def tabs(qtbot: QtBot) -> QTabWidget:
    made = QTabWidget()
    for title in ("numbers", "others"):
        page = QWidget()
        QVBoxLayout(page).addWidget(QPushButton(title))
        made.addTab(page, title)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_covered_tab_stays_covered_when_tabs_change_and_the_window_is_resized(
    tabs: QTabWidget,
) -> None:
    part = tabs.widget(0)
    veil = Veil(part, "Tokens")
    tabs.resize(700, 500)
    assert veil.isVisible() and veil.geometry() == part.geometry() and not part.isVisible()
    tabs.setCurrentIndex(1)
    assert not veil.isVisible() and tabs.widget(1).isVisible()
    tabs.setCurrentIndex(0)
    assert veil.isVisible() and not part.isVisible()
    veil.lift()
    assert part.isVisible()


def test_a_tab_that_is_behind_is_not_shown_when_its_cover_goes(tabs: QTabWidget) -> None:
    tabs.setCurrentIndex(1)
    veil = Veil(tabs.widget(0), "Tokens")
    assert not veil.isVisible()
    veil.lift()
    assert not tabs.widget(0).isVisible()
    tabs.setCurrentIndex(0)
    assert tabs.widget(0).isVisible()


def test_the_keyboard_does_not_reach_what_is_covered(tabs: QTabWidget, qtbot: QtBot) -> None:
    veil, reached = Veil(tabs.widget(0), "Tokens"), set()
    tabs.activateWindow()
    qtbot.waitUntil(tabs.isActiveWindow)
    for _ in range(8):
        qtbot.keyClick(tabs.focusWidget() or tabs, Qt.Key.Key_Tab)
        reached.add(tabs.focusWidget())
    assert {veil.sheet_button, veil.show_button} <= reached
    assert not reached & set(tabs.widget(0).findChildren(QWidget))


def test_answers_and_locked_predictions_are_there_after_a_restart(
    student: Student, context: AppContext, qtbot: QtBot
) -> None:
    student.open()
    student.begin()
    question = student.answer("34 and 64")
    student.window.close()
    again = Student(context, qtbot)
    drawer = again.open()
    assert drawer.fields[question].toPlainText() == "34 and 64"
    assert drawer.fields[again.predictions[0]].toPlainText() == "About 40"
    assert drawer.fields[again.predictions[0]].isReadOnly()


def test_what_is_typed_is_saved_shortly_after_the_last_key(student: Student) -> None:
    student.open()
    student.predict("Forty-two")
    file = student.folder / "answers.md"
    student.qtbot.waitUntil(lambda: file.exists() and "Forty-two" in file.read_text())


def test_an_editor_beside_the_window_loses_nothing_and_the_sheet_says_so(student: Student) -> None:
    drawer = student.open()
    student.begin()
    (student.folder / "answers.md").write_text("written in an editor")
    student.answer("34 and 64")
    assert drawer.save()
    assert "answers-elsewhere-1.md" in drawer._saved.text()
    assert (student.folder / "answers-elsewhere-1.md").read_text() == "written in an editor"


def test_the_folder_can_go_while_its_sheet_is_open(student: Student) -> None:
    drawer = student.open()
    student.begin()
    shutil.rmtree(student.folder)
    question = student.answer("34 and 64")
    assert drawer.save()
    saved = (student.folder / "answers.md").read_text()
    assert "34 and 64" in saved
    assert "About 40" in saved
    assert question in saved


def test_what_the_page_shows_is_kept_and_kept_again(student: Student) -> None:
    drawer = student.open()
    student.begin()
    page, row = student.window.front, drawer.artifacts[REPORT]
    assert isinstance(page, TextPage)
    row.button.click()
    assert row.state.text() == "There is no text yet. Write one first."
    for text in ("one", "two"):
        page.shown = text
        row.button.click()
        assert json.loads((student.folder / REPORT).read_text()) == {"text": text}
    assert row.button.text() == KEEP_AGAIN
    assert row.state.text().startswith("Kept ")


def test_what_takes_longer_is_kept_for_the_attempt_that_asked(student: Student) -> None:
    drawer = student.open()
    student.begin()
    folder, page, attempts = student.folder, student.window.front, student.window.lab_sheet.attempts
    assert isinstance(page, TextPage)
    assert attempts is not None
    page.shown = LONG
    drawer.artifacts[REPORT].button.click()
    attempts.start_over()
    student.qtbot.waitUntil((folder / REPORT).exists)
    assert not student.folder.exists()


def test_starting_over_begins_an_empty_attempt_and_lists_the_old_one(student: Student) -> None:
    drawer = student.open()
    student.begin()
    attempts = student.window.lab_sheet.attempts
    assert attempts is not None
    attempts.start_over()
    assert drawer.fields[student.predictions[0]].toPlainText() == ""
    assert not drawer.fields[student.predictions[0]].isReadOnly()
    first = attempts.menu().actions()[0]
    assert first.text().startswith("Attempt 1, ")
    first.trigger()
    assert drawer.fields[student.predictions[0]].toPlainText() == "About 40"


def test_words_that_cannot_be_saved_stay_and_say_so(student: Student) -> None:
    drawer = student.open()
    student.window.context.services.paths.lab_book.write_text("no folder")
    student.predict("Not lost")
    assert not drawer.save()
    student.window.lab_sheet._fill(guided_lab("sampling"))
    assert "what you typed stays on the screen" in drawer._saved.text()
    assert drawer.fields[student.predictions[0]].toPlainText() == "Not lost"
    assert not student.window.close()
    student.window.context.services.paths.lab_book.unlink()
    assert drawer.save()
    assert "Not lost" in (student.folder / "answers.md").read_text()


def test_the_end_of_a_sheet_says_what_is_still_open_and_hands_it_in(student: Student) -> None:
    drawer = student.open()
    assert not drawer.hand_in_card.isVisible()
    student.begin()
    page, card, n_open = student.window.front, drawer.hand_in_card, len(drawer.fields)
    assert isinstance(page, TextPage)
    student.answer("Seven")
    page.shown = "one"
    drawer.artifacts[REPORT].button.click()
    n_unanswered = n_open - len(student.predictions) - 1
    assert card.open.text() == still_open(n_unanswered, len(drawer.artifacts) - 1)
    card.button.click()
    assert drawer.findChild(FileDialog).isVisible()


@pytest.mark.parametrize(
    ("n_unanswered", "n_not_kept", "begins"),
    [
        (0, 0, "Everything is answered and kept."),
        (1, 0, "1 question has no answer yet."),
        (2, 1, "2 questions have no answer and 1 file is not kept yet."),
    ],
)
def test_what_a_teacher_would_miss_is_counted(
    n_unanswered: int, n_not_kept: int, begins: str
) -> None:
    assert still_open(n_unanswered, n_not_kept).startswith(begins)


def test_the_folder_is_handed_in_as_one_file(student: Student, tmp_path: Path) -> None:
    student.open()
    student.begin()
    attempts, attempt = student.window.lab_sheet.attempts, student.drawer.attempt
    assert attempts is not None and attempt is not None
    attempts.hand_in(attempt, tmp_path / "mine.zip")
    student.qtbot.waitUntil(lambda: (tmp_path / "mine.zip").exists())
    student.qtbot.waitUntil(lambda: not student.window.context.jobs.running)


def test_the_card_of_a_veil_is_whole_where_its_page_reaches_further_than_is_seen(
    qtbot: QtBot,
) -> None:
    area, page = QScrollArea(widgetResizable=True), QWidget(minimumWidth=1200)
    qtbot.addWidget(area)
    column = QVBoxLayout(page)
    column.addWidget(part := QWidget())
    area.setWidget(page)
    veil = Veil(part, "Tokens")
    area.resize(600, 400)
    area.show()
    button = veil.show_button
    qtbot.waitUntil(lambda: button.mapTo(area, button.rect().bottomRight()).x() < 600)
