"""Somebody at the Labs page with all its labs and benches, for tests of the benches."""

from __future__ import annotations

from collections.abc import Iterator

from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs.page import LabsPage
from tests.gui.labs_page import LabsUser


def labs_user(context: AppContext, qtbot: QtBot) -> Iterator[LabsUser]:
    page = LabsPage(context)
    for widget in (page, *page.header_widgets()):
        qtbot.addWidget(widget)
    page.resize(1100, 700)
    page.show()
    page.activate()
    qtbot.waitUntil(lambda: page.front is not None and not context.jobs.running)
    yield LabsUser(page, qtbot)
    context.jobs.cancel_all()
    qtbot.waitUntil(lambda: not context.jobs.running)
