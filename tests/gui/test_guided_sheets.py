"""The sheets that ship: every one is whole, and what it names stands on its page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.shell.pages import PAGES
from app.shell.window import MainWindow
from app.widgets.sheet.lab_drawer import LabDrawer
from labs.catalog import EXPERIMENTS
from labs.lab_book.attempt import sheet_of
from labs.lab_book.guided import GUIDED_LABS, GuidedLab
from labs.lab_book.sheet_text import PREDICT, RUN

PAGES_CODE = Path(__file__).parents[2] / "app" / "pages"
SECTIONS = ["Goal", PREDICT, RUN, "Compare", "Reflect", "Artifact"]
NAMED = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])")
every_lab = pytest.mark.parametrize("lab", GUIDED_LABS, ids=lambda lab: lab.id)


def words_of(root: QWidget) -> set[str]:
    """What can be read in a window: labels, buttons, tabs, lists."""
    return {plain(each) for each in _words(root)}


def plain(name: str) -> str:
    return " ".join(name.replace("…", "").split())


def _words(root: QWidget) -> Iterator[str]:
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget, QAbstractButton | QLabel):
            yield widget.text()
        if isinstance(widget, QToolButton):
            yield widget.toolTip()  # the name of an icon
        elif isinstance(widget, QLineEdit | QPlainTextEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(place) for place in range(widget.count()))
        elif isinstance(widget, QTabWidget):
            yield from (widget.tabText(place) for place in range(widget.count()))


def names_in(lab: GuidedLab) -> set[str]:
    named = (NAMED.findall(block.text) for block in sheet_of(lab).blocks)
    return {plain(name) for names in named for name in names}


@every_lab
def test_a_sheet_has_its_six_sections_and_predictions(lab: GuidedLab) -> None:
    sheet = sheet_of(lab)
    assert [b.text for b in sheet.blocks if b.kind == "heading"] == SECTIONS
    assert sheet.predictions
    asking = {b.section for b in sheet.blocks if b.kind == "question"}
    assert {PREDICT, RUN, "Compare", "Reflect"} <= asking


@every_lab
def test_no_question_of_a_sheet_is_asked_twice(lab: GuidedLab) -> None:
    """Answers are found by their question."""
    questions = [b.text for b in sheet_of(lab).blocks if b.kind == "question"]
    assert len(questions) == len(set(questions))


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    made = MainWindow(context.theme, context.services.settings, PAGES)
    qtbot.addWidget(made)
    made.furnish(context)
    return made


def opened(window: MainWindow, lab: GuidedLab) -> LabDrawer:
    """The sheet of a lab, once it is filled."""
    window.lab_sheet.open(lab.id)
    window.lab_sheet._fill(lab)  # not in the next turn
    drawer = window.lab_sheet.drawer
    assert drawer is not None
    return drawer


def literals_of(page: str) -> set[str]:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (PAGES_CODE / page).iterdir()
             if file.suffix == ".py"]  # fmt: skip
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip


def is_loading(page: QWidget) -> bool:
    labels = page.findChildren(QLabel)
    return any(label.isVisible() and label.text() == "Loading…" for label in labels)


def words_of_every_tab(window: MainWindow, qtbot: QtBot) -> set[str]:
    """Some tabs are made, and some even loaded, when they are first looked at."""
    page = window.front
    assert page is not None
    window.show()
    drawer = window.lab_sheet.drawer
    qtbot.waitUntil(lambda: drawer is not None and drawer.isVisible())  # it opens a tab, too
    seen = words_of(window)
    for tabs in page.findChildren(QTabWidget):
        for place in range(tabs.count()):
            tabs.setCurrentIndex(place)
            qtbot.waitUntil(lambda: not is_loading(page))
            seen |= words_of(tabs)
    return seen


@every_lab
def test_what_a_sheet_names_stands_on_its_page(
    window: MainWindow, lab: GuidedLab, qtbot: QtBot
) -> None:
    """A sheet writes the names of controls *so*, as they stand on the screen; what is built with a
    result only is looked up in the page's code, and experiments are called as the catalog calls
    them."""
    opened(window, lab).show_anyway()
    assert names_in(lab)
    unseen = names_in(lab) - words_of_every_tab(window, qtbot)
    assert unseen - literals_of(lab.page) - {each.title for each in EXPERIMENTS} == set()


@every_lab
def test_nothing_on_a_sheet_is_wider_than_the_drawer(window: MainWindow, lab: GuidedLab) -> None:
    drawer = opened(window, lab)
    room = drawer.width() - 48  # margins and the scroll bar
    wide = [b.text for b, part in drawer.parts if part.minimumSizeHint().width() > room]
    assert wide == []


@every_lab
def test_its_pages_can_give_what_a_sheet_wants_to_keep(window: MainWindow, lab: GuidedLab) -> None:
    wanted = {b.file for b in sheet_of(lab).blocks if b.kind == "artifact"}
    offered = {each.name for page in lab.pages for each in window.page(page).artifacts()}
    assert wanted
    assert wanted <= offered


@every_lab
def test_a_target_of_a_lab_is_a_place_of_its_page(lab: GuidedLab) -> None:
    [entry] = [entry for entry in PAGES if entry.id == lab.page]
    assert not lab.target or lab.target in {place.target for place in entry.places}
