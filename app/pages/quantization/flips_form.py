"""A new run for the flip explorer: which lab, which two models, how long."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.model_choice import make_free_picker
from app.pages.quantization.flips_run import Wish
from app.widgets.durations import duration
from app.widgets.model_picker import ModelPicker
from app.widgets.parts import button, row_of, words
from app.widgets.set_choice import SetChoice
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from labs.experiments.experiment import Experiment
from labs.experiments.running.sizing import BUDGET_S, TIME_TITLES

WHAT = (
    "Both models get the same questions in the same words. Take two files of one model, such as "
    "Q8_0 and Q4_0; the tab Make writes the second one. Choose one file twice for the control: "
    "nothing should flip then. The run appears in Labs, My runs, too."
)


class FlipsForm(QFrame):
    """`start_asked` carries a Wish."""

    start_asked = Signal(object)
    left = Signal()

    def __init__(self, context: AppContext, experiments: Sequence[Experiment]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._experiments = tuple(experiments)
        self.lab, self.time, self.seed = QComboBox(), QComboBox(), QSpinBox()
        self.set = SetChoice(context.services.paths.sets)
        self.models = ["", ""]
        self.pickers = [self._picker(context, side) for side in (0, 1)]
        self.start_button = button("Start", "primary", "Start the run")
        self.cancel_button = button("Cancel", name="Close the form")
        self.start_button.clicked.connect(self._on_start)
        self.cancel_button.clicked.connect(self.left)
        self._lay_out()

    def offer(self, model: str) -> None:
        """Fill in the first model where none is chosen yet, and look for sets that are new."""
        self.set.look()
        if not self.models[0]:
            self.choose(0, model)

    def choose(self, side: int, model: str) -> None:
        self.models[side] = model
        self.pickers[side].set_current(model)

    def wish(self) -> Wish:
        experiment = self._experiments[self.lab.currentIndex()]
        return Wish(
            experiment, (self.models[0], self.models[1]), self.time.currentData(),
            self.seed.value(), self.set.value() if experiment.takes_sets else None,
        )  # fmt: skip

    def setTokens(self, tokens: Tokens) -> None:
        for picker in self.pickers:
            picker.fit(tokens.px(300))

    # ---- inside ------------------------------------------------------------------------------

    def _picker(self, context: AppContext, side: int) -> ModelPicker:
        picker = make_free_picker(context)
        picker.chosen.connect(lambda model: self.choose(side, model))
        return picker

    def _on_start(self) -> None:
        self.start_asked.emit(self.wish())

    def _lay_out(self) -> None:
        self.lab.addItems([each.title for each in self._experiments])
        self.lab.setAccessibleName("Lab whose questions are asked")
        for time, title in TIME_TITLES.items():
            self.time.addItem(f"{title}, up to {duration(BUDGET_S[time])}", time)
        self.time.setAccessibleName("How long it may take")
        self.seed.setRange(1, 2**31 - 1)
        self.seed.setAccessibleName("Seed that draws the questions")
        keep_still(self.lab, self.time, self.seed)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("Questions of", self.lab), ("Set", self.set), ("From", self.pickers[0]),
            ("To", self.pickers[1]), ("Time for both", self.time), ("Seed", self.seed),
        )  # fmt: skip
        for place, (title, field) in enumerate(fields):
            grid.addWidget(_label(title, field), place, 0)
            grid.addLayout(row_of(field, stretch=-1), place, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(words("Ask two models the same questions", "heading"))
        column.addWidget(words(WHAT, "secondary"))
        column.addLayout(grid)
        column.addLayout(row_of(self.start_button, self.cancel_button, stretch=-1))


def _label(title: str, field: QWidget) -> QLabel:
    made = words(title, "secondary", wrap=False)
    made.setBuddy(field)
    return made
