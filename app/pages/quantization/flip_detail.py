"""One answer that changed: the question, both answers with their lean, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.pages.quantization.flips_work import FlipRow, Found
from app.widgets.icons import IconButton
from app.widgets.parts import badge, clear, row_of, words
from app.widgets.prompt_text import PromptText
from app.widgets.token_popup import ProbabilityBar, percent
from app.widgets.tokens import Tokens
from labs.experiments.design import LANE_TITLES
from labs.experiments.record.trials import LaneResult, TrialRecord
from labs.experiments.report.answer_words import outcome_words
from labs.experiments.scoring.answers import NO_ANSWER
from labs.experiments.scoring.lanes import WEAK_LABEL_MASS
from labs.quantization.flip_words import CHANGE_WORDS, label_shares


class FlipDetail(QWidget):
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("One answer")
        self._tokens = Tokens()
        self._shown: tuple[Found, FlipRow] | None = None
        self.title, self.about = words("", "heading"), words("", "secondary")
        self._close = IconButton("x", "Close the answer", self, size=16)
        self._close.clicked.connect(self.closed)
        self._answers = QVBoxLayout()
        self.prompts = (PromptText(), PromptText())
        self._heads = (words("Exactly what was sent to both", "heading"), words("", "heading"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row_of(self.title, self._close, stretch=0))
        column.addWidget(self.about)
        column.addLayout(self._answers)
        for head, prompt in zip(self._heads, self.prompts, strict=True):
            column.addWidget(head)
            column.addWidget(prompt)
        column.addStretch(1)

    def show_flip(self, found: Found, row: FlipRow) -> None:
        self._shown = (found, row)
        first, second = row.pair.first, row.pair.second
        self.title.setText(f"{first.item} · {CHANGE_WORDS[row.pair.change]}")
        why = found.derivations.get(first.item, "")
        self.about.setText(f"{row.condition}. Right is {first.truth}. {why}".strip())
        self._show_answers(found, row)
        is_same = first.prompt == second.prompt
        self._heads[0].setText("Exactly what was sent to both" if is_same else
                               f"Exactly what was sent to {found.names.first}")  # fmt: skip
        self._heads[1].setText(f"Exactly what was sent to {found.names.second}")
        self.prompts[0].show_parts(found.prompts.get(first.prompt, ()))
        if not is_same:
            self.prompts[1].show_parts(found.prompts.get(second.prompt, ()))
        self._heads[1].setVisible(not is_same)
        self.prompts[1].setVisible(not is_same)

    def setTokens(self, tokens: Tokens) -> None:
        changed, self._tokens = tokens != self._tokens, tokens
        if changed and self._shown is not None:
            self._show_answers(*self._shown)  # bars keep the colours they began with

    # ---- inside ------------------------------------------------------------------------------

    def _show_answers(self, found: Found, row: FlipRow) -> None:
        clear(self._answers)
        both = QWidget()
        grid = QGridLayout(both)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        shares = label_shares(row.pair)
        sides = (found.names.first, row.pair.first), (found.names.second, row.pair.second)
        for column, (name, record) in enumerate(sides):
            grid.addWidget(self._answer(name, record, found.lane, shares[column]), 0, column)
            grid.setColumnStretch(column, 1)
        self._answers.addWidget(both)

    def _answer(
        self, name: str, record: TrialRecord, lane: str, shares: Mapping[str, float]
    ) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(words(name, "small"))
        outcome = str(record.outcome(lane))
        column.addLayout(row_of(badge(outcome_words(outcome), _tone(outcome, record.truth)),
                                words(LANE_TITLES.get(lane, lane), "small", wrap=False),
                                stretch=-1))  # fmt: skip
        free = record.lanes.get("free")
        if free is not None:
            column.addWidget(_well(free.text or "(nothing was said)"))
        if shares:
            column.addWidget(self._bars(shares))
            column.addWidget(words(_room(record.lanes.get("likelihood")), "small"))
        column.addStretch(1)
        return made

    def _bars(self, shares: Mapping[str, float]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        best = max(shares, key=shares.__getitem__)
        for place, (name, share) in enumerate(shares.items()):
            grid.addWidget(words(name, "mono", wrap=False), place, 0)
            grid.addWidget(ProbabilityBar(share, name == best, self._tokens), place, 1)
            grid.addWidget(words(percent(share), "mono", wrap=False), place, 2)
        grid.setColumnStretch(3, 1)
        return made


def _tone(outcome: str, truth: str) -> str:
    if outcome in NO_ANSWER:
        return "neutral"
    return "good" if outcome == truth else "danger"


def _room(lean: LaneResult | None) -> str:
    if lean is None or lean.label_mass is None:
        return ""
    weak = ": too little to mean much" if lean.label_mass < WEAK_LABEL_MASS else ""
    return f"Room left for the label: {percent(lean.label_mass)}{weak}."


def _well(text: str) -> QWidget:
    made = QWidget()
    made.setProperty("role", "well")
    column = QVBoxLayout(made)
    column.setContentsMargins(10, 8, 10, 8)
    column.addWidget(words(text, "mono"))
    return made
