"""One long task: its name, how far it is, time left, and Stop; at the end a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.widgets.durations import time_left

STEPS = 1000


class _Stop(QPushButton):
    """Often takes the place of the button that began: who clicks twice there wants to begin."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class TaskRow(QWidget):
    """Shows what it is told; `stop_requested` is the user's wish. `inset_px` stands to its left
    and right, for where nothing else keeps it off the edge."""

    stop_requested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None, *, inset_px: int = 16) -> None:
        super().__init__(parent)
        self._inset_px = inset_px
        self.setAccessibleName(title)
        self._title = QLabel(title)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("role", "small")
        self._words.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(f"Progress of {title}")
        self._stop = _Stop("Stop")
        self._stop.setAccessibleName(f"Stop {title}")
        self._stop.clicked.connect(self.stop_requested)
        self.setFocusProxy(self._stop)
        self._lay_out()

    def show_progress(
        self, fraction: float | None, detail: str, time_left_s: float | None, *, stopping: bool
    ) -> None:
        """`fraction` None: the end is not in sight."""
        self._bar.setRange(0, STEPS if fraction is not None else 0)
        if fraction is not None:
            self._bar.setValue(round(fraction * STEPS))
        left = time_left(time_left_s) if time_left_s is not None else ""
        words = "Stopping…" if stopping else " · ".join(filter(None, (detail, left)))
        self._words.setText(words or "Working…")
        if stopping and self._stop.hasFocus():
            self._words.setFocus()  # or it would leap to what comes next in the window
        self._stop.setEnabled(not stopping)

    def show_end(self, sentence: str, role: str) -> None:
        """`role` is the label's: "good", "danger" or "small"."""
        self._bar.hide()
        self._stop.hide()
        self._words.setText(sentence)
        self._words.setProperty("role", role)
        self._words.style().polish(self._words)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._bar)
        column.addWidget(self._words)
        row = QHBoxLayout(self)
        row.setContentsMargins(self._inset_px, 8, self._inset_px, 8)
        row.setSpacing(16)
        row.addLayout(column, 1)
        row.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignVCenter)
