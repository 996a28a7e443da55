"""Assay's real window on a home of its own, acted upon by scenes and photographed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

from app.crash import CrashLog
from app.pages.chat.page import ChatPage
from app.pages.labs.front import LabsFront
from app.pages.labs.page import LabsPage
from app.pages.models.page import ModelsPage
from app.paths import find_paths
from app.services import open_services
from app.shell.desktop import Desktop

LIMIT_MS = 60_000
QUIET_MS = 250
FRAMES = {
    "1280×800": (1280, 800, 100),
    "1024×640": (1024, 640, 100),
    "150 %": (1280, 800, 150),
}


class Stage:
    """What a scene may do: open pages, say something, wait."""

    def __init__(self, app: QApplication, home: Path) -> None:
        app.setStyleSheet("")  # the look of the stage before this one
        paths = find_paths({"ASSAY_HOME": str(home)})
        self.services = open_services(paths)
        self.desktop = Desktop(app, self.services, CrashLog(paths.crashes))
        self.window = self.desktop.window
        self.window.resize(1280, 800)
        self.desktop.open()
        self.settle()

    def close(self) -> None:
        """Nothing of this stage is left for the next one."""
        self.desktop.context.jobs.cancel_all()
        self.settle()
        self.window.quit()
        self.pause(0)
        self.desktop.close()
        self.services.close()
        self.window.deleteLater()
        self.desktop.deleteLater()
        self.pause(0)

    @property
    def chat(self) -> ChatPage:
        return self._front("chat", ChatPage)

    @property
    def models(self) -> ModelsPage:
        return self._front("models", ModelsPage)

    @property
    def labs(self) -> LabsFront:
        page: LabsPage = self._front("labs", LabsPage)
        if page.front is None:
            self.until(lambda: page.front is not None)
            self.settle()
        assert page.front is not None
        return page.front

    def _front(self, page_id: str, kind: Any) -> Any:
        if self.window.front is not self.window.page(page_id):
            self.window.open(page_id)
        page = self.window.page(page_id)
        assert isinstance(page, kind)
        return page

    def use(self, model: str) -> None:
        self.desktop.context.current_model.choose(model)
        self.settle()

    def say(self, text: str) -> None:
        """Send and wait for the whole reply."""
        session = self.chat.session
        session.send(text)
        self.until(lambda: not session.is_busy)
        self.settle()

    def start_saying(self, text: str, letters: int = 200) -> None:
        """Send and wait until so much of the reply is there."""
        grown: list[int] = []
        session = self.chat.session
        session.reply_changed.connect(lambda shown: grown.append(len(shown.text)))
        session.send(text)
        self.until(lambda: (bool(grown) and grown[-1] >= letters) or not session.is_busy)

    def until(self, done: Callable[[], bool]) -> None:
        loop, look = QEventLoop(), QTimer(interval=20)
        look.timeout.connect(lambda: loop.quit() if done() else None)
        QTimer.singleShot(LIMIT_MS, loop, loop.quit)
        look.start()
        loop.exec()
        look.stop()

    def settle(self) -> None:
        """Until nothing has run for a moment."""
        self.pause(QUIET_MS)
        self.until(lambda: not self.desktop.context.jobs.running)
        self.pause(QUIET_MS)

    def pause(self, duration_ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(duration_ms, loop, loop.quit)
        loop.exec()

    def photograph(self, theme: str, frame: str, file: Path, again: Callable[[], None]) -> None:
        """`again` opens what closes when the window changes its size, such as a popover."""
        width, height, percent = FRAMES[frame]
        self.services.settings.change(theme=theme, text_percent=percent)
        self.window.resize(width, height)
        self.pause(QUIET_MS)
        again()
        self.pause(QUIET_MS)
        self._picture().save(str(file))

    def _picture(self) -> QPixmap:
        """The window, and in front of it what stands in a window of its own."""
        picture = self.window.grab()
        painter = QPainter(picture)
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                place = self.window.rect().center() - dialog.rect().center()
                painter.drawPixmap(place, dialog.grab())
                painter.drawRect(dialog.rect().translated(place))
                dialog.close()
        painter.end()
        return picture


@contextmanager
def stage(app: QApplication, home: Path, model: str) -> Iterator[Stage]:
    """A home whose model is `model`, with an empty shelf as the user's own model folder."""
    shelf = home / "shelf"
    shelf.mkdir(parents=True)
    settings = {"schema_version": 1, "last_model": model, "model_folders": [str(shelf)]}
    (home / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    made = Stage(app, home)
    try:
        yield made
    finally:
        made.close()
