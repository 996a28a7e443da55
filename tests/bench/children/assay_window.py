"""Assay's own window as a user starts it: says when it first painted and what was imported then."""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from app.__main__ import main
from app.shell import start
from app.shell.window import MainWindow

FORBIDDEN = ("numpy", "scipy", "pyqtgraph", "matplotlib", "httpx", "jinja2", "llama_cpp", "torch")


class WatchedWindow(MainWindow):
    """Says so after its first paint, and quits."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        imported = [name for name in FORBIDDEN if name in sys.modules]
        print(json.dumps({"painted_at": time.time(), "imported": imported}), flush=True)
        QApplication.quit()


if __name__ == "__main__":
    start.MainWindow = WatchedWindow  # type: ignore[misc]
    sys.exit(main([]))
