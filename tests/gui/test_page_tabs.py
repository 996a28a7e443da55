"""Tabs of a page: what changes on it draws itself and no more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.page_tabs import PageTabs
from app.widgets.sheet.area import CurrentPage


class Counted(QWidget):
    n_drawn = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.n_drawn += 1


class Asked(QObject):
    """Whether a widget has been told that something in it wants to be laid out."""

    is_asked = False

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.is_asked |= event.type() == QEvent.Type.LayoutRequest
        return False


def with_word(tabs: QTabWidget, qtbot: QtBot) -> tuple[QLabel, Counted]:
    """A page with a word that grows, above what takes long to draw and stays where it is."""
    page, word, large = QWidget(), QLabel("a"), Counted()
    word.setFixedHeight(20)
    column = QVBoxLayout(page)
    column.addWidget(word)
    column.addWidget(large, 1)
    tabs.addTab(page, "One")
    qtbot.addWidget(tabs)
    tabs.resize(600, 300)
    tabs.show()
    qtbot.waitUntil(lambda: large.n_drawn > 0)
    qtbot.waitUntil(lambda: not tabs.visibleRegion().isEmpty())
    return word, large


@pytest.mark.parametrize(("make", "is_drawn"), [(lambda: PageTabs("T"), False), (QTabWidget, True)])
def test_a_word_that_grows_draws_nothing_else(make: type, is_drawn: bool, qtbot: QtBot) -> None:
    """Qt's own tabs draw everything: when they stop to, this class has had its day."""
    tabs = make()
    word, large = with_word(tabs, qtbot)
    QApplication.processEvents()
    seen, before = Asked(tabs), large.n_drawn
    word.setText("a longer word")
    qtbot.waitUntil(lambda: seen.is_asked)
    QApplication.processEvents()
    assert (large.n_drawn > before) == is_drawn


def test_who_stands_around_is_told_that_a_page_needs_more_room(qtbot: QtBot) -> None:
    outer, tabs = QWidget(), PageTabs("T")
    QVBoxLayout(outer).addWidget(tabs)
    inside = QWidget()
    tabs.addTab(inside, "One")
    qtbot.addWidget(outer)
    outer.show()
    inside.setMinimumSize(900, 700)
    qtbot.waitUntil(lambda: outer.minimumSizeHint().width() >= 900)
    tabs.addTab(QWidget(), "Two")
    assert tabs.tabBar().count() == 2 and tabs.accessibleName() == "T"


@pytest.mark.parametrize("is_shown_before", [True, False])
def test_the_bar_stands_where_the_style_wants_it(is_shown_before: bool, qtbot: QtBot) -> None:
    tabs = PageTabs("T")
    qtbot.addWidget(tabs)
    tabs.addTab(QLabel("a"), "One")
    if is_shown_before:
        tabs.show()
    tabs.setStyleSheet("QTabWidget::tab-bar { left: 12px; } QTabBar::tab { padding: 9px; }")
    tabs.show()
    qtbot.waitUntil(lambda: tabs.tabBar().x() == 12)
    height = tabs.tabBar().height()
    tabs.tabBar().setStyleSheet("QTabBar::tab { padding: 19px; }")
    qtbot.waitUntil(lambda: tabs.tabBar().height() == height + 20)


def test_pages_behind_are_not_asked_for_their_size(qtbot: QtBot) -> None:
    pages, front, behind = CurrentPage(), QWidget(), QWidget()
    qtbot.addWidget(pages)
    front.setMinimumSize(200, 100)
    behind.setMinimumSize(2000, 1000)
    for page in (front, behind):
        pages.addWidget(page)
    assert pages.sizeHint() == front.sizeHint()
