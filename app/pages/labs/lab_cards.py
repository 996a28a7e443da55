"""The labs to choose from, as cards; what the chosen model cannot run is grey and says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.pages.labs.bench import Bench
from app.widgets.parts import button, scrolled, words
from app.widgets.tokens import Tokens
from labs.experiments.experiment import Experiment
from labs.lab_book.guided import GUIDED_LABS, GuidedLab

CARD_PX, MOST_COLUMNS = 300, 3


class LabCard(QFrame):
    """Title, summary, what it needs; its button or a click anywhere on it chooses it."""

    chosen = Signal(str)

    def __init__(
        self, experiment: Experiment | Bench | GuidedLab, about: str, verb: str = "Set up"
    ) -> None:
        super().__init__()
        self.experiment = experiment
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._title = words(experiment.title, "heading")
        self._summary = words(experiment.summary, "secondary")
        self._needs = words(about, "small")
        self.reason = words("", "warning")
        self.open_button = button(verb, name=f"{verb}: {experiment.title}")
        self.open_button.clicked.connect(lambda: self.chosen.emit(experiment.id))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for label in (self._title, self._summary, self._needs, self.reason):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            column.addWidget(label)
        column.addStretch(1)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_reason("")

    def show_reason(self, reason: str) -> None:
        """Why the chosen model cannot run it; "" where it can."""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        for label in (self._title, self._summary, self._needs):
            label.setEnabled(not reason)
        self.open_button.setEnabled(not reason)
        self.setCursor(Qt.CursorShape.ArrowCursor if reason else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.open_button.isEnabled() and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.experiment.id)


class LabCards(QWidget):
    """As many columns as have room."""

    chosen = Signal(str)
    guided_chosen = Signal(str)

    def __init__(self, experiments: Sequence[Experiment], benches: Sequence[Bench] = ()) -> None:
        super().__init__()
        self._tokens = Tokens()
        self._columns = 0
        inside = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, "Labs"))
        self.cards = {each.id: LabCard(each, needs_words(each)) for each in experiments}
        self.benches = {each.id: LabCard(each, each.about, each.verb) for each in benches}
        self.guided = {each.id: LabCard(each, each.about, "Open") for each in GUIDED_LABS}
        self._head = words(
            "Choose a lab. Each asks the model many small questions whose answers are known, "
            "and shows what can be told from them and what cannot.", "secondary",
        )  # fmt: skip
        self._grid, self._bench_grid, self._guided_grid = (QGridLayout() for _ in range(3))
        for grid in (self._grid, self._bench_grid, self._guided_grid):
            grid.setSpacing(16)
        self._empty = words("No lab is installed.", "secondary")
        self._empty.setVisible(not experiments)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        column.addWidget(self._head)
        column.addWidget(self._empty)
        column.addLayout(self._grid)
        if benches:
            column.addSpacing(8)
            column.addWidget(words("Before a run, and after it", "heading"))
            column.addLayout(self._bench_grid)
        column.addSpacing(8)
        column.addWidget(words("Guided labs on other pages", "heading"))
        column.addWidget(words(
            "Each opens a page with a lab sheet beside it: predict first, then look.", "secondary",
        ))  # fmt: skip
        column.addLayout(self._guided_grid)
        column.addStretch(1)
        for each in (*self.cards.values(), *self.benches.values()):
            each.chosen.connect(self.chosen)
        for guided in self.guided.values():
            guided.chosen.connect(self.guided_chosen)
        self._place(1)

    def show_reasons(self, reasons: Mapping[str, str]) -> None:
        """By the id of the lab; "" or nothing where it can run."""
        for lab, each in self.cards.items():
            each.show_reason(reasons.get(lab, ""))

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place(self._fitting())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self._fitting())

    def _fitting(self) -> int:
        room = self.width() - 48
        return max(1, min(MOST_COLUMNS, room // self._tokens.px(CARD_PX)))

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for grid, cards in (
            (self._grid, self.cards),
            (self._bench_grid, self.benches),
            (self._guided_grid, self.guided),
        ):
            for place, each in enumerate(cards.values()):
                grid.addWidget(each, place // columns, place % columns)
            for column in range(MOST_COLUMNS):
                grid.setColumnStretch(column, 1 if column < columns else 0)


_CAPABILITY_WORDS = {
    "prompt_logits": "scores of the labels before the answer",
    "token_logprobs": "the probability of each token",
    "grammar": "answers held to a form",
    "seed": "draws that can be repeated",
    "embeddings": "vectors of texts",
    "tools": "calls of tools",
    "images": "images",
    "exact_tokenizer": "its own tokenizer",
}


def capability_words(name: str) -> str:
    return _CAPABILITY_WORDS.get(name, name)


def needs_words(experiment: Experiment) -> str:
    needs = [capability_words(name) for name in experiment.needs]
    what = f"Needs {', '.join(needs)}." if needs else "Runs with every model."
    return f"{what} {experiment.minutes}".strip()
