"""The flip explorer: two sides to choose, a form for a new run, what flips between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.quantization.flip_pair import FlipPair, Pair
from app.pages.quantization.flips_asking import FlipsAsking
from app.pages.quantization.flips_form import FlipsForm
from app.pages.quantization.flips_progress import FlipsProgress
from app.pages.quantization.flips_result import FlipsResult
from app.pages.quantization.flips_run import Wish
from app.pages.quantization.flips_work import (
    Choice,
    Found,
    compare,
    first_pair,
    list_choices,
    remarks_of,
)
from app.runs.run_links import target_of
from app.runs.run_list import RunRow
from app.widgets.parts import button, in_the_middle, row_of, scrolled, set_role, words
from app.widgets.tokens import Tokens
from app.widgets.turns import in_turns
from labs.catalog import EXPERIMENTS
from labs.experiments.experiment import Experiment
from labs.quantization.flip_table import as_csv
from models.errors import UserError

MOST_PX = 1180
DETAIL_PX = 180  # of an answer that are brought into sight
PURPOSE = (
    "Two quantizations can be right equally often and still disagree on many single questions. "
    "Here are the answers that flip, in both directions."
)
EMPTY = (
    "Nothing to compare yet. Ask two models here; a run of the Labs that asked two models, or two "
    "runs that asked exactly the same, appear by themselves."
)


class FlipsTab(QWidget):
    failed = Signal(object)
    went_well = Signal()

    def __init__(
        self, context: AppContext, experiments: Sequence[Experiment] = EXPERIMENTS
    ) -> None:
        super().__init__()
        self._context, self._experiments = context, experiments
        self._rows: tuple[RunRow, ...] = ()
        self._listing: Job | None = None
        self._comparing: Job | None = None
        self._has_pair = False  # whether anything can be compared
        self._form: FlipsForm | None = None
        self._result: FlipsResult | None = None
        self.pair = FlipPair()
        self.new_button = button("Ask two models…", name="Ask two models the same questions")
        self.empty = words(EMPTY)
        self.progress = FlipsProgress()
        self.asking = FlipsAsking(context, self.progress, self)
        self._lay_out()
        self._connect_signals()

    @property
    def form(self) -> FlipsForm:
        """Made when it is first asked for, as the result is: both at once would be felt."""
        if self._form is None:
            self._form = made = FlipsForm(self._context, self._experiments)
            made.left.connect(self._show_rest)
            made.start_asked.connect(self.start)
            self._take_in(made)
            self._offer()
        return self._form

    @property
    def result(self) -> FlipsResult:
        if self._result is None:
            self._result = made = FlipsResult(self._context)
            made.lane_chosen.connect(self._compare)
            made.run_asked.connect(self._open_run)
            made.opened.connect(lambda: in_turns(self, self._bring_answer))
            made.failed.connect(self.failed)
            self._take_in(made)
        return self._result

    @property
    def found(self) -> Found | None:
        return self._result.found if self._result else None

    # ---- what the page asks ------------------------------------------------------------------

    def activate(self) -> None:
        """Look for runs again: some may have come since."""
        self._offer()
        home, rows = self._context.services.paths.runs, self._rows
        self._listing = self._context.jobs.start(lambda _token: list_choices(home, rows))
        self._listing.finished.connect(self._on_listed)
        self._listing.failed.connect(self.failed)

    def as_text(self) -> str:
        """The rates and the answers that changed, as CSV. Raises UserError while nothing is
        compared."""
        found = self.found
        if found is None:
            raise UserError("Nothing has been compared yet.", "Choose two models first.")
        return as_csv(found.flips, found.names, found.factors, remarks_of(found))

    def choose(self, first: Choice, second: Choice) -> None:
        self.pair.choose(first, second)
        self._compare()

    def start(self, wish: Wish) -> None:
        """Ask both models; the run goes on when another page is in front."""
        self.went_well.emit()
        self.asking.start(wish)
        self._show(self.progress)

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    # ---- what there is to compare ------------------------------------------------------------

    def _offer(self) -> None:
        if self._form is not None:
            self._form.offer(self._context.current_model.model or "")

    def _on_listed(self, listed: tuple[tuple[RunRow, ...], tuple[Choice, ...]]) -> None:
        if self.sender() is not self._listing:
            return
        before = self.pair.chosen
        self._rows, choices = listed
        self.pair.offer(choices)
        if self._result is not None and self._shown_pair() is None:
            self._result.found = None  # its run is gone
        pair = self._next_pair(before)
        self._has_pair = pair is not None
        if pair is not None:
            self.pair.choose(*pair)
            if pair != before or self.found is None:
                self._compare()
        if not self._is_asking:
            self._show_rest()

    def _next_pair(self, before: Pair | None) -> Pair | None:
        """What has just been asked, what was chosen before, or the newest pair."""
        asked, self.asking.places = self.pair.at(self.asking.places), ()
        if asked is not None:
            return asked
        same = self.pair.at([choice.place for choice in before or ()])
        return same or first_pair(self.pair.choices)

    def _shown_pair(self) -> Pair | None:
        sides = self.found.sides if self.found else ()
        return self.pair.at([(side.path, side.model) for side in sides])

    # ---- comparing ---------------------------------------------------------------------------

    def _compare(self, lane: str = "") -> None:
        pair = self.pair.chosen
        if pair is None:
            return
        places = (pair[0].place, pair[1].place)
        if self._comparing is not None:
            self._comparing.cancel()
        self._comparing = self._context.jobs.start(lambda _token: compare(places, lane))
        self._comparing.finished.connect(self._on_found)
        self._comparing.failed.connect(self._on_not_found)

    def _on_found(self, found: Found) -> None:
        if self.sender() is self._comparing:
            self._comparing = None
            self.went_well.emit()
            in_turns(self, lambda: self.result, lambda: self._show_found(found))

    def _show_found(self, found: Found) -> None:
        self.result.show_found(found)
        self._context.theme.hand_to(self.result)
        if not self._is_asking:
            self._show_rest()

    def _on_not_found(self, error: UserError) -> None:
        if self.sender() is self._comparing:
            self._comparing = None
            self._refuse(error)

    def _refuse(self, error: UserError) -> None:
        """The sides say again what the numbers below them are of."""
        shown = self._shown_pair()
        if shown is not None:
            self.pair.choose(*shown)
        self.failed.emit(error)

    def _bring_answer(self) -> None:
        """It opens below the list, where it might not be noticed."""
        self._area.ensureWidgetVisible(self.result.detail.title, 0, DETAIL_PX)

    def _open_run(self, path: Path) -> None:
        home = self._context.services.paths.runs
        self._context.navigation.open("labs", target_of(home, path))

    # ---- what is shown -----------------------------------------------------------------------

    def _on_asked(self, failed: bool) -> None:
        if failed and not self.asking.places:
            self._show(self.form)  # nothing was asked: the wish may be mended
            return
        self._show_rest()
        self.activate()

    @property
    def _is_asking(self) -> bool:
        """A run goes on, or is being filled in: nothing else may take its place."""
        is_filled_in = self._form is not None and not self._form.isHidden()
        return self.asking.job is not None or is_filled_in

    def _show_rest(self) -> None:
        """What was found; nothing yet while it is being looked for."""
        rest = None if self._has_pair else self.empty
        self._show(self.result if self.found else rest)

    def _show(self, wanted: QWidget | None) -> None:
        """The keyboard goes to what takes the place of what it was in."""
        focused = self.window().focusWidget()
        first: QWidget | None = None
        if wanted is self.progress:
            first = self.progress.pause_button
        elif wanted is not None and wanted is self._form:
            first = self._form.lab
        for each in (self.empty, self._form, self.progress, self._result):
            if each is not None:
                each.setVisible(each is wanted)
        self.new_button.setVisible(first is None)
        set_role(self.new_button, "primary" if wanted is self.empty else "")
        self.pair.setVisible(first is None and self._has_pair)
        if focused is not None and self.isAncestorOf(focused) and not focused.isVisible():
            (first or self.new_button).setFocus()

    # ---- building ----------------------------------------------------------------------------

    def _take_in(self, part: QWidget) -> None:
        part.hide()
        self._parts.addWidget(part)
        self._context.theme.hand_to(part)

    def _connect_signals(self) -> None:
        self.pair.changed.connect(self._compare)
        self.pair.refused.connect(self._refuse)
        self.new_button.clicked.connect(lambda: self._show(self.form))
        self.asking.failed.connect(self.failed)
        self.asking.ended.connect(self._on_asked)

    def _lay_out(self) -> None:
        """From the outside in: Qt styles anew all that moves to another parent."""
        self._inside = QWidget()
        self._area = scrolled(in_the_middle(self._inside), "Flipped answers")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        for each in (self.empty, self.progress, self.pair):
            each.hide()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(24, 16, 24, 0)
        column.setSpacing(12)
        column.addWidget(words(PURPOSE, "secondary"))
        column.addWidget(self.empty)
        top = row_of(self.pair, self.new_button, stretch=-1)
        top.setStretch(0, 1000)
        column.addLayout(top)
        self._parts = QVBoxLayout()
        self._parts.addWidget(self.progress)
        column.addLayout(self._parts)
        column.addStretch(1)
