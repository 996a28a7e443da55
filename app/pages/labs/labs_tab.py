"""The first tab: labs and benches to choose from, and the one that was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from app.context import AppContext
from app.pages.labs.bench import Bench, BenchView, Errand
from app.pages.labs.benches import BENCHES
from app.pages.labs.lab_cards import LabCards
from app.pages.labs.requirements import reason_not_to_run
from app.pages.labs.setup_view import SetupView
from app.pages.labs.views import Views
from labs.experiments.experiment import Experiment


class LabsTab(Views):
    """The cards, the set-up of one lab, or a bench; each keeps what was typed into it."""

    start_asked = Signal(object, str, str)  # Sized, prediction, student code
    lab_shown = Signal(str)  # the id of a lab or bench, "" for the cards
    failed = Signal(object)

    def __init__(
        self, context: AppContext, experiments: Sequence[Experiment],
        benches: Sequence[Bench] = BENCHES,
    ) -> None:  # fmt: skip
        super().__init__()
        self._context = context
        self._experiments = {each.id: each for each in experiments}
        self.benches = {each.id: each for each in benches}
        self._setups: dict[str, SetupView] = {}
        self._bench_views: dict[str, BenchView] = {}
        self.cards = LabCards(experiments, benches)
        self.addWidget(self.cards)
        self.cards.chosen.connect(self.open_lab)
        self.cards.guided_chosen.connect(context.navigation.open_sheet)
        context.current_model.changed.connect(self.show_reasons)

    @property
    def setup(self) -> SetupView | None:
        """The set-up in front."""
        front = self.currentWidget()
        return front if isinstance(front, SetupView) else None

    @property
    def lab(self) -> str:
        """The id of the lab or bench in front."""
        if self.setup is not None:
            return self.setup.experiment.id
        front = self.currentWidget()
        return next((each for each, view in self._bench_views.items() if view is front), "")

    def open_lab(self, lab: str, inside: str = "") -> None:
        """`inside` is what a bench's `open_target` takes."""
        if lab in self.benches:
            bench = self.open_bench(lab)
            if inside:
                bench.open_target(inside)
        if lab not in self._experiments:
            return
        if lab not in self._setups:
            self._setups[lab] = self._make(self._experiments[lab])
        if self.setup is not None:
            self.setup.stop()
        self.show_view(self._setups[lab])
        self._setups[lab].begin()
        self.lab_shown.emit(lab)

    def open_bench(self, bench: str) -> BenchView:
        """Raises KeyError for a bench that is not there."""
        if bench not in self._bench_views:
            self._bench_views[bench] = self._make_bench(self.benches[bench])
        view = self._bench_views[bench]
        if self.setup is not None:
            self.setup.stop()
        self.show_view(view)
        view.begin()
        self.lab_shown.emit(bench)
        return view

    def run_errand(self, errand: Errand) -> None:
        """Open a set-up as somebody else wants it."""
        self.open_lab(errand.experiment)
        if self.setup is not None:
            self.setup.fill(errand)

    def show_cards(self) -> None:
        if self.setup is not None:
            self.setup.stop()
        self.show_view(self.cards)
        self.show_reasons()
        self.lab_shown.emit("")

    def show_reasons(self) -> None:
        model, library = self._context.current_model.model, self._context.services.library
        self.cards.show_reasons(
            {lab: reason_not_to_run(each, library, model)
             for lab, each in self._experiments.items()}
        )  # fmt: skip

    def _make_bench(self, bench: Bench) -> BenchView:
        made = bench.make(self._context)
        made.left.connect(self.show_cards)
        made.failed.connect(self.failed)
        made.set_up_asked.connect(self.run_errand)
        self.addWidget(made)
        self._context.theme.hand_to(made)
        return made

    def _make(self, experiment: Experiment) -> SetupView:
        made = SetupView(self._context, experiment, self)
        made.left.connect(self.show_cards)
        made.start_asked.connect(
            lambda sized: self.start_asked.emit(
                sized, made.prediction.toPlainText(), made.student.code.text()
            )
        )
        self.addWidget(made)
        self._context.theme.hand_to(made)
        return made
