"""Assay's own window as a user starts it: when it first painted, and when its page was there."""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent

from app.__main__ import main
from app.shell import start
from app.shell.window import MainWindow

FORBIDDEN = ("numpy", "scipy", "pyqtgraph", "matplotlib", "httpx", "jinja2", "llama_cpp", "torch")


class WatchedWindow(MainWindow):
    """Notes both moments, and quits."""

    painted_at = 0.0
    imported: tuple[str, ...] = ()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted_at:
            self.painted_at = time.time()
            self.imported = tuple(name for name in FORBIDDEN if name in sys.modules)
            self.page_shown.connect(lambda _page: QTimer.singleShot(0, self.say))

    def say(self) -> None:
        self.repaint()
        moments = {"painted_at": self.painted_at, "page_at": time.time()}
        print(json.dumps(moments | {"imported": self.imported}), flush=True)
        self.quit()


if __name__ == "__main__":
    start.MainWindow = WatchedWindow  # type: ignore[misc]
    sys.exit(main([]))
