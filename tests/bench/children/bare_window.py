"""A bare PySide6 window: says when it first painted, or how its event loop beats."""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from tests.bench.children.beat import Beat


class Window(QMainWindow):
    """Quits after its first paint when `seconds` is 0, otherwise after that long."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.setCentralWidget(QLabel("A window"))
        self.resize(1280, 800)
        self.painted_at = 0.0
        self._seconds = seconds

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted_at:
            self.painted_at = time.time()
            QTimer.singleShot(int(self._seconds * 1000), QApplication.quit)


def main() -> None:
    app = QApplication(sys.argv[:1])
    window = Window(float(sys.argv[1]))
    beat = Beat(window)
    window.show()
    app.exec()
    print(json.dumps({"painted_at": window.painted_at, "late_ms": beat.late_ms}))


if __name__ == "__main__":
    main()
