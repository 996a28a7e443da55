"""A run while it goes on: how far, how long still, what was answered; no verdict yet."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from app.pages.labs.live_run import LAST_SHOWN, LiveRun, answer_kind
from app.widgets.durations import time_left
from app.widgets.elided_label import ElidedLabel
from app.widgets.parts import back_button, button, card, in_the_middle, row_of, scrolled, words
from app.widgets.stacked_bar import Segment, StackedBar
from app.widgets.tokens import Tokens
from labs.experiments.design import LANE_TITLES
from labs.experiments.record.trials import TrialRecord
from labs.experiments.report.answer_words import KIND_WORDS, condition_words, outcome_words
from labs.experiments.statistics.wording import percent

STEPS = 1000
MOST_PX = 900
MOST_LETTERS = 200  # of an answer; more never fits its line


class LastLine:
    """One of the last answers: item, condition, what was said, how it is scored."""

    def __init__(self) -> None:
        self.said = ElidedLabel("")
        self._item, self._condition, self._kind = (words("", "small", wrap=False) for _ in range(3))
        self.labels = (self._item, self._condition, self.said, self._kind)

    def show_texts(self, item: str, condition: str, said: str, kind: str) -> None:
        self._item.setText(item)
        self._condition.setText(condition)
        self.said.show_text(said)
        self._kind.setText(kind)


class LiveView(QWidget):
    """Shows one run at a time; it goes on when another page is in front."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._run: LiveRun | None = None
        self.title = words("", "title")
        self.state = words("", "secondary")
        self.aside = words("", "warning")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the run")
        self.pause_button = button("Pause")
        self.stop_button = button("Stop", name="Stop the run")
        self.pause_button.clicked.connect(self._on_pause)
        self.stop_button.clicked.connect(self._on_stop)
        self.mix = StackedBar("Answers so far")
        self.provisional = words("", "secondary")
        self._last = QGridLayout()
        self._last.setHorizontalSpacing(16)
        self._last.setVerticalSpacing(6)
        self._lines = [LastLine() for _ in range(LAST_SHOWN)]
        self._lay_out()

    def show_run(self, run: LiveRun) -> None:
        if self._run is not None:
            self._run.changed.disconnect(self._refresh)
        self._run = run
        run.changed.connect(self._refresh)
        plan = run.prepared.plan
        self.title.setText(f"{plan.title}, {', '.join(plan.models)}")
        self._refresh()

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    @property
    def run(self) -> LiveRun | None:
        return self._run

    # ---- inside ----------------------------------------------------------------------------

    def _refresh(self) -> None:
        run = self._run
        if run is None or self.isHidden():
            return
        total = max(1, run.total)
        self.bar.setRange(0, STEPS if run.done else 0)
        self.bar.setValue(round(STEPS * run.done / total))
        self.state.setText(_state_words(run))
        aside = " ".join(run.set_aside)
        self.aside.setText(f"{aside} The others go on." if aside else "")
        self.aside.setVisible(bool(aside))
        self.pause_button.setText("Resume" if run.is_paused else "Pause")
        self.pause_button.setAccessibleName("Resume the run" if run.is_paused else "Pause the run")
        self.pause_button.setEnabled(run.is_running and not run.job.is_stopping)
        self.stop_button.setEnabled(run.is_running and not run.job.is_stopping)
        self._show_mix(run)
        self._show_last(run)

    def showEvent(self, event: object) -> None:
        self._refresh()

    def _show_mix(self, run: LiveRun) -> None:
        answered = sum(run.mix.values())
        self.mix.show_segments(
            [
                Segment(word, run.mix[kind], f"{run.mix[kind]:,}", neutral=kind == "unclear")
                for kind, word in KIND_WORDS.items()
            ]
        )
        if not answered:
            self.provisional.setText("No answer yet.")
            return
        share = run.mix["right"] / answered
        lane = LANE_TITLES.get(run.lane, run.lane)
        if len(run.prepared.plan.models) > 1:
            lane += ", all models together"
        self.provisional.setText(
            f"Provisional: {percent(share)} right of {answered:,} so far ({lane}). It moves until "
            "the run ends; what it means is said then."
        )

    def _show_last(self, run: LiveRun) -> None:
        factors = run.prepared.plan.design["factors"]
        for place, line in enumerate(self._lines):
            record = run.last[place] if place < len(run.last) else None
            line.show_texts(*_line(record, run.lane, factors) if record else ("", "", "", ""))

    def _on_pause(self) -> None:
        if self._run is not None:
            self._run.resume() if self._run.is_paused else self._run.pause()

    def _on_stop(self) -> None:
        if self._run is not None:
            self._run.stop()

    def _lay_out(self) -> None:
        back = back_button("My runs")
        back.clicked.connect(self.left)
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 12, 24, 24)
        column.setSpacing(12)
        column.addLayout(row_of(back, stretch=-1))
        column.addWidget(self.title)
        column.addWidget(self.state)
        column.addWidget(self.aside)
        column.addWidget(self.bar)
        column.addLayout(row_of(self.pause_button, self.stop_button, stretch=-1))
        answers, inner = card()
        inner.addWidget(words("Answers so far", "heading"))
        inner.addWidget(self.mix)
        inner.addWidget(self.provisional)
        column.addWidget(answers)
        last, inner = card()
        inner.addWidget(words("Last answers", "heading"))
        inner.addLayout(self._last)
        for row, line in enumerate(self._lines):
            for place, label in enumerate(line.labels):
                self._last.addWidget(label, row, place)
        self._last.setColumnStretch(2, 1)
        column.addWidget(last)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(in_the_middle(inside), "The run"))


def _state_words(run: LiveRun) -> str:
    if run.job.is_stopping:
        return "Stopping… What is finished is kept."
    if not run.is_running:
        return run.job.sentence or "Stopped. My runs goes on from here."
    done = f"{run.done:,} of {run.total:,} trials" if run.total else ""
    if run.is_paused and not run.rests:
        return f"{done} · pausing after the answers that are on their way"
    left = ""
    if run.time_left_s is not None and not run.rests:
        left = ", ".join(filter(None, (time_left(run.time_left_s), run.condition)))
    return " · ".join(filter(None, (run.words, done, left)))


def _line(
    record: TrialRecord, lane: str, factors: list[dict[str, object]]
) -> tuple[str, str, str, str]:
    result = record.lanes.get(lane)
    text = " ".join((result.text or outcome_words(result.outcome) if result else "").split())
    return (
        record.item, condition_words(factors, record.factors), text[:MOST_LETTERS] or "(nothing)",
        KIND_WORDS[answer_kind(record, lane)],
    )  # fmt: skip
