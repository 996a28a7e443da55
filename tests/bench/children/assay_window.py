"""Assay's own window as a user starts it: says when it first painted and what was imported then."""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.__main__ import main
from app.shell.window import MainWindow

FORBIDDEN = ("numpy", "scipy", "pyqtgraph", "matplotlib", "httpx", "jinja2", "llama_cpp", "torch")


def paint_and_quit(window: MainWindow, event: QPaintEvent) -> None:
    """Stands in for the window's paint event, as a subclass would."""
    QWidget.paintEvent(window, event)
    imported = [name for name in FORBIDDEN if name in sys.modules]
    print(json.dumps({"painted_at": time.time(), "imported": imported}), flush=True)
    MainWindow.paintEvent = QWidget.paintEvent  # type: ignore[method-assign]
    QTimer.singleShot(0, QApplication.quit)


if __name__ == "__main__":
    MainWindow.paintEvent = paint_and_quit  # type: ignore[method-assign]
    sys.exit(main([]))
