"""What was tried before a run: item and condition, what was asked and said, and how it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.pages.labs.answer_words import KIND_WORDS, condition_words, outcome_words
from app.pages.labs.parts import badge, button, clear, hairline, row_of, words
from app.widgets.elided_label import ElidedLabel
from labs.experiments.design import Design
from labs.experiments.running.sizing import Speed, Tried

MOST_SHOWN = 24  # of each model
TONES = {"right": "good", "wrong": "danger", "unclear": "neutral"}


class TriedList(QWidget):
    """Nothing of it is recorded. Long texts are cut; a hover or the button shows them whole."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[TriedRow] = []
        self.whole_button = button("Show whole texts", "link")
        self.whole_button.setCheckable(True)
        self.whole_button.toggled.connect(self._show_whole)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(hairline())
        head = row_of(words("Tried, not recorded", "heading"), self.whole_button, stretch=0)
        self._column.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._column.addLayout(self._rows)
        self.hide()

    def show_tried(self, speeds: Mapping[str, Speed], design: Design | None) -> None:
        clear(self._rows)
        self.rows = []
        self.setVisible(bool(speeds) and design is not None)
        if design is None:
            return
        for model, speed in speeds.items():
            self._rows.addWidget(words(_summary(model, speed), "small"))
            for tried in speed.answers[:MOST_SHOWN]:
                row = TriedRow(tried, design)
                row.show_whole(self.whole_button.isChecked())
                self.rows.append(row)
                self._rows.addWidget(row)
            if len(speed.answers) > MOST_SHOWN:
                left = len(speed.answers) - MOST_SHOWN
                self._rows.addWidget(words(f"{left} more of {model} are counted above.", "small"))

    def _show_whole(self, is_whole: bool) -> None:
        self.whole_button.setText("Cut long texts" if is_whole else "Show whole texts")
        self.whole_button.setAccessibleName(self.whole_button.text())
        for row in self.rows:
            row.show_whole(is_whole)


class TriedRow(QFrame):
    def __init__(self, tried: Tried, design: Design) -> None:
        super().__init__()
        self.setProperty("role", "well")
        kind = kind_of(tried)
        where = condition_words([asdict(factor) for factor in design.factors], tried.trial.factors)
        right = tried.trial.labels.get(tried.trial.truth, tried.trial.truth)
        self.kind = badge(KIND_WORDS[kind], TONES[kind])
        self.where = ElidedLabel(f"{tried.trial.item} · {where}", "secondary")
        self.asked = ElidedLabel(tried.trial.user, "mono")
        self.said = ElidedLabel(tried.said.strip() or "(nothing)")
        self.right = words(f"Right answer: {right}{_unclear_words(tried)}", "small")
        self.setAccessibleName(
            f"{self.where.whole}: {KIND_WORDS[kind].lower()}. Said: {self.said.whole}. "
            f"{self.right.text()}"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addLayout(row_of(self.kind, self.where, stretch=1))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for place, (title, text) in enumerate((("Asked", self.asked), ("Said", self.said))):
            label = words(title, "small", wrap=False)
            grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, place, 1)
        column.addLayout(grid)
        column.addWidget(self.right)

    def show_whole(self, is_whole: bool) -> None:
        for text in (self.where, self.asked, self.said):
            text.show_whole(is_whole)


def kind_of(tried: Tried) -> str:
    if not tried.is_clear:
        return "unclear"
    return "right" if tried.is_right else "wrong"


def _unclear_words(tried: Tried) -> str:
    return "" if tried.is_clear else f"; {outcome_words(tried.outcome)}"


def _summary(model: str, speed: Speed) -> str:
    kinds = [kind_of(tried) for tried in speed.answers]
    counted = ", ".join(
        f"{kinds.count(kind)} {title.lower()}" for kind, title in KIND_WORDS.items()
    )
    return f"{model}: {counted}; {speed.seconds:.2g} s a trial."
