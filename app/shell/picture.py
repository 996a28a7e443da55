"""Takes a picture of the real window with one chat: `python -m app.shell.picture CHAT FILE`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# Set before Qt is imported: a picture is taken where nobody looks.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.crash import CrashLog
from app.paths import find_paths
from app.services import open_services
from app.shell.desktop import Desktop
from app.shell.start import make_application
from models.errors import UserError
from models.network import install_door

LOOK_EVERY_MS = 100
QUIET_LOOKS = 8  # looks in a row without running work, so that late drawing is in the picture
LIMIT_S = 60.0
WIDTH, HEIGHT = 1280, 800


class Photographer(QObject):
    """Waits until the window has nothing left to do, then keeps what it shows."""

    def __init__(self, desktop: Desktop, target: Path) -> None:
        super().__init__(desktop)
        self._desktop = desktop
        self._target = target
        self._quiet_looks = 0
        self._deadline_s = time.monotonic() + LIMIT_S
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        busy = bool(self._desktop.context.jobs.running)
        self._quiet_looks = 0 if busy else self._quiet_looks + 1
        if self._quiet_looks >= QUIET_LOOKS or time.monotonic() > self._deadline_s:
            self._timer.stop()
            saved = self._desktop.window.grab().save(str(self._target))
            QApplication.exit(0 if saved else 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window of the home that ASSAY_HOME names, on that chat."""
    parser = argparse.ArgumentParser(prog="python -m app.shell.picture", description=__doc__)
    parser.add_argument("chat", help="the number of the chat")
    parser.add_argument("file", type=Path, help="the PNG file to write")
    options = parser.parse_args(arguments)
    install_door()
    try:
        return _take(options.chat, options.file)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


def _take(chat: str, target: Path) -> int:
    app = make_application()
    paths = find_paths()
    log = CrashLog(paths.crashes)
    services = open_services(paths)
    desktop = Desktop(app, services, log)
    try:
        desktop.window.resize(WIDTH, HEIGHT)
        desktop.open()
        desktop.context.navigation.open("chat", chat)
        Photographer(desktop, target)
        return app.exec()
    finally:
        desktop.close()
        services.close()


if __name__ == "__main__":
    sys.exit(main())
