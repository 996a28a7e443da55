"""What was tried before a run: item and condition, what was asked and said, and how it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.widgets.elided_label import ElidedLabel
from app.widgets.parts import badge, button, clear, hairline, row_of, words
from labs.experiments.design import Design, Factor
from labs.experiments.report.answer_words import KIND_WORDS, condition_words, outcome_words
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
            factors = [asdict(factor) for factor in _varied(speed.answers, design)]
            self._rows.addWidget(words(_summary(model, speed), "small"))
            for tried in in_order(speed.answers, design)[:MOST_SHOWN]:
                row = TriedRow(tried, factors)
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
    def __init__(self, tried: Tried, factors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        kind = kind_of(tried)
        where = condition_words(factors, tried.trial.factors)
        right = tried.trial.labels.get(tried.trial.truth, tried.trial.truth)
        self.kind = badge(_kind_words(tried), TONES[kind])
        self.where = ElidedLabel(f"{tried.trial.item} · {where}", "secondary")
        self.asked = ElidedLabel(tried.trial.user, "mono")
        self.said = ElidedLabel(tried.said.strip() or "(nothing)")
        self.right = words(f"Right answer: {right}", "small", wrap=False)
        self.setAccessibleName(
            f"{self.where.whole}: {self.kind.text()}. Said: {self.said.whole}. {self.right.text()}"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addLayout(row_of(self.kind, self.where, stretch=1))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for place, title in enumerate(("Asked", "Said")):
            label = words(title, "small", wrap=False)
            grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.asked, 0, 1, 1, 2)
        grid.addWidget(self.said, 1, 1)
        grid.addWidget(self.right, 1, 2, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)

    def show_whole(self, is_whole: bool) -> None:
        for text in (self.where, self.asked, self.said):
            text.show_whole(is_whole)


def kind_of(tried: Tried) -> str:
    if not tried.is_clear:
        return "unclear"
    return "right" if tried.is_right else "wrong"


def in_order(answers: Sequence[Tried], design: Design) -> list[Tried]:
    """Item after item, the baseline of each first. The items of a design that was fitted to the
    time may be others than those tried."""
    items = [each.trial.item for each in answers]

    def place(tried: Tried) -> tuple[int, list[int]]:
        levels = tried.trial.factors
        return items.index(tried.trial.item), [
            _place(factor, levels.get(factor.id, "")) for factor in design.factors
        ]

    return sorted(answers, key=place)


def _varied(answers: Sequence[Tried], design: Design) -> list[Factor]:
    """Not what belongs to an item itself, such as its domain."""
    levels: dict[tuple[str, str], set[str]] = {}
    for tried in answers:
        for factor, level in tried.trial.factors.items():
            levels.setdefault((tried.trial.item, factor), set()).add(level)
    varied = {factor for (_, factor), found in levels.items() if len(found) > 1}
    return [factor for factor in design.factors if factor.id in varied]


def _place(factor: Factor, level: str) -> int:
    known = [each.id for each in factor.levels]
    return known.index(level) if level in known else len(known)


def _kind_words(tried: Tried) -> str:
    if tried.is_clear:
        return KIND_WORDS[kind_of(tried)]
    return outcome_words(tried.outcome).capitalize()


def _summary(model: str, speed: Speed) -> str:
    kinds = [kind_of(tried) for tried in speed.answers]
    right, wrong, unclear = (kinds.count(kind) for kind in ("right", "wrong", "unclear"))
    return (
        f"{model}: {right} right, {wrong} wrong, {unclear} without a clear answer; "
        f"{speed.seconds:.2g} s a trial."
    )
