"""The first tab: labs to choose from, and the set-up of the one that was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from app.context import AppContext
from app.pages.labs.lab_cards import LabCards
from app.pages.labs.requirements import reason_not_to_run
from app.pages.labs.setup_view import SetupView
from labs.experiments.experiment import Experiment


class LabsTab(QStackedWidget):
    """The cards, or the set-up of one lab; a set-up keeps what was typed into it."""

    start_asked = Signal(object, str, str)  # Sized, prediction, student code
    lab_shown = Signal(str)  # its id, "" for the cards

    def __init__(self, context: AppContext, experiments: Sequence[Experiment]) -> None:
        super().__init__()
        self._context = context
        self._experiments = {each.id: each for each in experiments}
        self._setups: dict[str, SetupView] = {}
        self.cards = LabCards(experiments)
        self.addWidget(self.cards)
        self.cards.chosen.connect(self.open_lab)
        context.current_model.changed.connect(self.show_reasons)
        self.show_reasons()

    @property
    def setup(self) -> SetupView | None:
        """The set-up in front."""
        front = self.currentWidget()
        return front if isinstance(front, SetupView) else None

    @property
    def lab(self) -> str:
        return self.setup.experiment.id if self.setup is not None else ""

    def open_lab(self, lab: str) -> None:
        if lab not in self._experiments:
            return
        if lab not in self._setups:
            self._setups[lab] = self._make(self._experiments[lab])
        if self.setup is not None:
            self.setup.stop()
        self.setCurrentWidget(self._setups[lab])
        self._setups[lab].begin()
        self.lab_shown.emit(lab)

    def show_cards(self) -> None:
        if self.setup is not None:
            self.setup.stop()
        self.setCurrentWidget(self.cards)
        self.show_reasons()
        self.lab_shown.emit("")

    def show_reasons(self) -> None:
        model, library = self._context.current_model.model, self._context.services.library
        self.cards.show_reasons(
            {lab: reason_not_to_run(each, library, model)
             for lab, each in self._experiments.items()}
        )  # fmt: skip

    def _make(self, experiment: Experiment) -> SetupView:
        made = SetupView(self._context, experiment)
        made.left.connect(self.show_cards)
        made.start_asked.connect(
            lambda sized: self.start_asked.emit(
                sized, made.prediction.toPlainText(), made.student.text()
            )
        )
        self.addWidget(made)
        self._context.theme.hand_to(made)
        return made
