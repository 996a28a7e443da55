"""A run of two models while it goes on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout

from app.pages.quantization.flips_run import Locked
from app.widgets.durations import time_left
from app.widgets.parts import button, row_of, words
from labs.experiments.running.pause import Paused
from labs.experiments.running.runner import Phase, TrialsDone
from models.engine.messages import Progress
from models.engine.pool import Waiting
from models.library.identity import HashProgress

STEPS = 1000


class FlipsProgress(QFrame):
    """It goes on when another page is in front."""

    stop_asked = Signal()
    pause_asked = Signal()  # or to go on

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._n_runs = 1  # two of one model, which is the control, or one of both models
        self._is_first_of_two = False
        self._earlier = self._done = 0  # answers of a run that is over, and of the one that goes on
        self.title, self.state = words("", "heading"), words("", "secondary")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the run")
        self.pause_button = button("Pause", name="Pause the run")
        self.stop_button = button("Stop", name="Stop the run")
        self.pause_button.clicked.connect(self.pause_asked)
        self.stop_button.clicked.connect(self.stop_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        for widget in (self.title, self.state, self.bar):
            column.addWidget(widget)
        column.addWidget(
            words("What is finished is on disk at once. After a stop, Labs, My runs goes on.",
                  "small")
        )  # fmt: skip
        column.addLayout(row_of(self.pause_button, self.stop_button, stretch=-1))

    def begin(self, title: str) -> None:
        self._n_runs, self._is_first_of_two = 1, False
        self._earlier = self._done = 0
        self.title.setText(title)
        self.state.setText("Getting the models ready")
        self.bar.setRange(0, 0)
        self._rests(False)
        self.pause_button.setEnabled(True)
        self.stop_button.setEnabled(True)

    def stopping(self) -> None:
        self.state.setText("Stopping…")
        focused = self.window().focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.setFocus()  # not to what comes after buttons that rest
        self.pause_button.setEnabled(False)
        self.stop_button.setEnabled(False)

    def take(self, event: object) -> None:
        self._rests(isinstance(event, Paused))
        if isinstance(event, Locked):
            self._is_first_of_two = len(event.places) == 1
            self._n_runs += self._is_first_of_two
            self._earlier, self._done = self._earlier + self._done, 0
        if isinstance(event, TrialsDone):
            self._count(event)
        elif told := _words(event):
            self.state.setText(told)
            self.bar.setRange(0, 0)

    def _count(self, event: TrialsDone) -> None:
        """Over both sides, which are one run or two."""
        self._done = event.done
        done, total = self._earlier + event.done, self._n_runs * event.total
        left = "" if event.time_left_s is None else f", {time_left(event.time_left_s)}"
        if left and self._is_first_of_two:
            left += " for the first of both"
        left += f", {event.condition}" if left and event.condition else ""
        self.state.setText(f"Asking {event.model}: {done:,} of {total:,} answers{left}")
        self.bar.setRange(0, STEPS)
        self.bar.setValue(STEPS * done // max(1, total))

    def _rests(self, is_paused: bool) -> None:
        self.pause_button.setText("Go on" if is_paused else "Pause")
        self.pause_button.setAccessibleName("Go on with the run" if is_paused else "Pause the run")


def _words(event: object) -> str:
    if isinstance(event, str):
        return event
    if isinstance(event, Locked | Waiting):
        return event.detail
    if isinstance(event, Paused):
        return "Paused, the model is free for others"
    if isinstance(event, Phase):
        return f"{event.model}: {event.message}" if event.model else event.message
    if isinstance(event, HashProgress):
        return f"Reading the file of the model: {100 * event.done_bytes // event.total_bytes} %"
    if isinstance(event, Progress):
        return "Loading the model"
    return ""
