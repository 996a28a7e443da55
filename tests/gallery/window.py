"""Pictures of every view in one look: `python -m tests.gallery.window LOOK CHATS FOLDER`.

The home is the one that ASSAY_HOME names; LOOK and CHATS are JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.crash import CrashLog
from app.paths import find_paths
from app.services import open_services
from app.shell.desktop import Desktop
from app.shell.start import make_application
from models.network import install_door
from tests.gallery.home import Chats
from tests.gallery.views import View, views

LOOK_EVERY_MS = 60
QUIET_LOOKS = 8
BUSY_S = 3.0
LIMIT_S = 20.0


@dataclass(frozen=True)
class Look:
    """One appearance of the window; sizes in pixels."""

    name: str
    theme: str
    width: int
    height: int
    text_percent: int = 100


class Gallery(QObject):
    """Walks through the views, waits until each has settled, and keeps what it shows."""

    def __init__(self, desktop: Desktop, pictures: tuple[View, ...], folder: Path) -> None:
        super().__init__(desktop)
        self._desktop = desktop
        self._waiting = deque(pictures)
        self._folder = folder
        self._view: View | None = None
        self._quiet = 0
        self._since_s = time.monotonic()
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        passed_s = time.monotonic() - self._since_s
        if self._view is not None and self._view.busy:
            settled = passed_s > BUSY_S
        else:
            self._quiet = 0 if self._desktop.context.jobs.running else self._quiet + 1
            settled = self._quiet >= QUIET_LOOKS or passed_s > LIMIT_S
        if settled:
            self._keep()
            self._next()

    def _keep(self) -> None:
        if self._view is not None:
            self._desktop.window.grab().save(str(self._folder / f"{self._view.name}.png"))

    def _next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            QApplication.exit(0)
            return
        self._view = self._waiting.popleft()
        self._quiet, self._since_s = 0, time.monotonic()
        for step in self._view.steps:
            step(self._desktop)


def main() -> int:
    look = Look(**json.loads(sys.argv[1]))
    chats, folder = Chats(**json.loads(sys.argv[2])), Path(sys.argv[3])
    door = install_door()
    app = make_application()
    paths = find_paths()
    services = open_services(paths)
    services.settings.change(theme=look.theme, text_percent=look.text_percent)
    desktop = Desktop(app, services, CrashLog(paths.crashes), door)
    desktop.window.resize(look.width, look.height)
    desktop.open()
    gallery = Gallery(desktop, views(chats), folder)
    try:
        code = app.exec()
    finally:
        gallery.deleteLater()
        desktop.close()
        services.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
