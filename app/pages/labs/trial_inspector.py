"""One trial, whole: what was sent, what came back in every lane, and by which rule it counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.pages.labs.answer_text import AnswerText
from app.pages.labs.live_run import answer_kind
from app.pages.labs.run_data import RunData
from app.widgets.icons import IconButton
from app.widgets.parts import badge, button, clear, row_of, scrolled, words
from app.widgets.prompt_text import Parts, PromptText
from app.widgets.token_popup import ProbabilityBar, percent, repr_token
from app.widgets.token_strip import TokenStrip
from app.widgets.tokens import Tokens
from labs.experiments.design import LANE_TITLES
from labs.experiments.record.trials import LaneResult, TrialRecord
from labs.experiments.report.answer_words import KIND_WORDS, condition_words, outcome_words
from labs.experiments.scoring.lanes import WEAK_LABEL_MASS
from models.engine.messages import PromptToken

_TONES = {"right": "good", "wrong": "danger", "unclear": "neutral"}
_RULES = {
    "start": "The answer begins with the label.",
    "marker": "The label stands directly after “answer”.",
    "line": "The first line holds exactly one of the labels.",
}
_FINISH = {
    "end": "the model ended it",
    "stop": "a stop word ended it",
    "decided": "it was decided",
    "length": "the limit of tokens was reached",
    "context_full": "the context was full",
    "cancelled": "stopped",
}


class TrialInspector(QWidget):
    """`tokens_asked` carries the record whose prompt is wanted as tokens."""

    closed = Signal()
    tokens_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Trial")
        self._tokens = Tokens()
        self._record: TrialRecord | None = None
        self._data: RunData | None = None
        self._title = words("", "heading")
        self._condition = words("", "secondary")
        self._close = IconButton("x", "Close the trial", self, size=16)
        self._close.clicked.connect(self.closed)
        self.prompt = PromptText()
        self.strip = TokenStrip()
        self.tokens_button = button("Show as tokens")
        self.tokens_button.clicked.connect(lambda: self.tokens_asked.emit(self._record))
        self._body = QVBoxLayout()
        self._body.setSpacing(10)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(10)
        self._lay_out()

    @property
    def record(self) -> TrialRecord | None:
        return self._record

    def show_trial(self, data: RunData, record: TrialRecord) -> None:
        self._data, self._record = data, record
        self._title.setText(data.told.get(record.item, record.item))
        condition = condition_words(data.plan.design["factors"], record.factors)
        self._condition.setText(f"{condition} · {record.item}")
        self.strip.hide()
        self.prompt.show()
        self._show_outcomes(data, record)

    def _show_outcomes(self, data: RunData, record: TrialRecord) -> None:
        clear(self._body)
        clear(self._foot)
        self._body.addWidget(words(f"Right is {record.truth}."))
        derivation = data.derivations.get(record.item, "")
        if derivation:
            self._body.addWidget(words(derivation, "secondary"))
        if record.error:
            self._body.addWidget(words(f"It could not be asked: {record.error}", "danger"))
        for lane in data.plan.design["lanes"]:
            if lane in record.lanes:
                self._body.addWidget(self._lane(lane, record.lanes[lane], record))
        if record.top:
            self._foot.addWidget(words("Likeliest first tokens", "heading"))
            self._foot.addWidget(self._alternatives(record.top))
        self._foot.addWidget(words("How it went", "heading"))
        self._foot.addWidget(_facts(record))

    def show_prompt(self, parts: Parts) -> None:
        self.prompt.show_parts(parts)
        self.tokens_button.setVisible(bool(parts))

    def show_tokens(self, tokens: Sequence[PromptToken]) -> None:
        """The same prompt as the model reads it."""
        self.strip.show_prompt(tokens)
        self.strip.show()
        self.prompt.hide()
        self.tokens_button.hide()

    def setTokens(self, tokens: Tokens) -> None:
        changed, self._tokens = tokens != self._tokens, tokens
        self.setMinimumWidth(tokens.px(340))
        if changed and self._data is not None and self._record is not None:
            self._show_outcomes(self._data, self._record)  # bars keep the colours they began with

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inside = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, "About this trial"))
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(10)
        column.addLayout(row_of(self._title, self._close, stretch=0))
        column.addWidget(self._condition)
        column.addLayout(self._body)
        column.addWidget(words("Exactly what was sent", "heading"))
        column.addWidget(self.prompt)
        column.addWidget(self.strip)
        column.addLayout(row_of(self.tokens_button, stretch=-1))
        column.addLayout(self._foot)
        column.addStretch(1)
        self.strip.hide()

    def _lane(self, lane: str, result: LaneResult, record: TrialRecord) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        kind = answer_kind(record, lane)
        outcome = outcome_words(result.outcome)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(words(LANE_TITLES.get(lane, lane).capitalize(), "heading", wrap=False))
        head.addWidget(badge(f"{outcome} · {KIND_WORDS[kind].lower()}" if kind != "unclear"
                             else outcome, _TONES[kind]))  # fmt: skip
        head.addStretch(1)
        column.addLayout(head)
        if result.text is not None:
            column.addWidget(AnswerText(result.text))
        if result.rule:
            column.addWidget(words(_RULES.get(result.rule, result.rule.capitalize() + "."),
                                   "small"))  # fmt: skip
        if result.logprobs:
            column.addWidget(self._labels(result.logprobs))
        for line in _lean_lines(result):
            column.addWidget(words(line, "small"))
        return made

    def _labels(self, logprobs: Mapping[str, float]) -> QWidget:
        best = max(logprobs, key=logprobs.__getitem__)
        return self._bars([(name, value, name == best) for name, value in logprobs.items()])

    def _alternatives(self, top: Sequence[tuple[str, float]]) -> QWidget:
        rows = [(repr_token(text), value, place == 0) for place, (text, value) in enumerate(top)]
        return self._bars(rows)

    def _bars(self, rows: Sequence[tuple[str, float, bool]]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for place, (name, logprob, is_best) in enumerate(rows):
            share = math.exp(logprob)
            grid.addWidget(words(name, "mono", wrap=False), place, 0)
            grid.addWidget(ProbabilityBar(share, is_best, self._tokens), place, 1)
            grid.addWidget(words(percent(share), "mono", wrap=False), place, 2)
        grid.setColumnStretch(3, 1)
        return made


def _lean_lines(result: LaneResult) -> list[str]:
    lines = []
    if result.score is not None:
        first = f"“{next(iter(result.logprobs))}”" if result.logprobs else "the first label"
        lines.append(f"Lean: {result.score:+.2f} nats towards {first}.".replace("-", "−"))
    if result.label_mass is not None:
        weak = result.label_mass < WEAK_LABEL_MASS
        note = ": too little, the model did not want to answer in this form" if weak else ""
        lines.append(f"Room left for the label: {percent(result.label_mass)}{note}.")
    return lines


def _facts(record: TrialRecord) -> QWidget:
    times = [f"{what} {seconds:.2f} s" for what, seconds in
             (("read in", record.prompt_s), ("answered in", record.generation_s))
             if seconds is not None]  # fmt: skip
    read = f"{record.prompt_tokens:,} tokens read"
    shared = f", {record.cached_tokens:,} of them shared" if record.cached_tokens else ""
    lines = (
        f"The answer ended because {_FINISH.get(record.finish, record.finish)}."
        if record.finish else "",
        f"{read}{shared}; {record.reply_tokens:,} written.",
        f"{', '.join(times)}.".capitalize() if times else "Times were left out.",
        f"Mode: {_MODES.get(record.mode, record.mode)}; seed {record.seed}.",
        "Repeated from scratch, because the lead was small." if record.cold_repeat else "",
        f"Asked at {record.at}." if record.at else "",
    )  # fmt: skip
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    for line in filter(None, lines):
        column.addWidget(words(line, "small"))
    return made


_MODES = {
    "exact": "common beginnings shared, equal to the bit",
    "cold": "each prompt from scratch",
    "batched": "several prompts together",
}
