"""The flip explorer: two sides to choose, a form for a new run, what flips between them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.live_runs import PAUSED_NOTICE
from app.pages.quantization.flips_form import FlipsForm
from app.pages.quantization.flips_progress import FlipsProgress
from app.pages.quantization.flips_result import FlipsResult
from app.pages.quantization.flips_run import HeldRun, Locked, Place, Wish, start
from app.pages.quantization.flips_work import (
    Choice,
    Found,
    compare,
    first_pair,
    list_choices,
    partners,
)
from app.runs.run_links import target_of
from app.runs.run_list import RunRow
from app.widgets.parts import button, in_the_middle, row_of, scrolled, words
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from labs.catalog import EXPERIMENTS
from labs.experiments.experiment import Experiment
from labs.quantization.flip_words import as_csv
from models.errors import UserError

MOST_PX = 1180
PURPOSE = (
    "Two quantizations can be right equally often and still disagree on many single questions. "
    "Here are the answers that flip, in both directions."
)
EMPTY = (
    "Nothing to compare yet. A run that asked two models, or two runs that asked exactly the same, "
    "appear here by themselves."
)


class FlipsTab(QWidget):
    failed = Signal(object)
    went_well = Signal()

    def __init__(
        self, context: AppContext, experiments: Sequence[Experiment] = EXPERIMENTS
    ) -> None:
        super().__init__()
        self._context = context
        self._rows: tuple[RunRow, ...] = ()
        self._choices: tuple[Choice, ...] = ()
        self._wanted: tuple[Place, ...] = ()  # what has just been asked
        self._listing: Job | None = None
        self._comparing: Job | None = None
        self._running: Job | None = None
        self._held: HeldRun | None = None
        self._has_pair = False  # whether anything can be compared
        self.sides = (QComboBox(), QComboBox())
        self.new_button = button("Ask two models…", name="Ask two models the same questions")
        self.empty = words(EMPTY)
        self.form = FlipsForm(context, experiments)
        self.progress = FlipsProgress()
        self.result = FlipsResult(context)
        self._lay_out()
        self._connect_signals()

    # ---- what the tab asks -------------------------------------------------------------------

    def activate(self) -> None:
        """Look for runs again: some may have come since."""
        self.form.offer(self._context.current_model.model or "")
        home, rows = self._context.services.paths.runs, self._rows
        self._listing = self._context.jobs.start(lambda _token: list_choices(home, rows))
        self._listing.finished.connect(self._on_listed)
        self._listing.failed.connect(self.failed)

    def as_text(self) -> str:
        """The answers that changed, as CSV. Raises UserError while nothing is compared."""
        found = self.result.found
        if found is None:
            raise UserError("Nothing has been compared yet.", "Choose two models first.")
        return as_csv(found.flips, found.names, found.factors)

    def choose(self, first: Choice, second: Choice) -> None:
        with QSignalBlocker(self.sides[0]):
            self.sides[0].setCurrentIndex(self._choices.index(first))
        self._fill_second(second)
        self._compare()

    def start(self, wish: Wish) -> None:
        """Ask both models; the run goes on when another page is in front."""
        services, sampler = self._context.services, self._context.sampler
        self._held = held = HeldRun(wish.experiment)
        self._context.live_runs.add(held)
        names = " and ".join(dict.fromkeys(map(_short, wish.models)))
        self._running = self._context.jobs.start(
            lambda token: start(services, wish, token, sampler, held.switch),
            f"{wish.experiment.title}: {names}",
        )
        self.progress.begin(f"{wish.experiment.title}: {names}")
        self._running.progress.connect(self._on_step)
        self._running.failed.connect(self.failed)
        self._running.ended.connect(self._on_run_ended)
        self._show(self.progress)

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    # ---- jobs --------------------------------------------------------------------------------

    def _on_listed(self, listed: tuple[tuple[RunRow, ...], tuple[Choice, ...]]) -> None:
        if self.sender() is not self._listing:
            return
        before = self._chosen()
        self._rows, self._choices = listed
        if len(self._shown_choices()) < 2:
            self.result.found = None  # its run is gone
        with QSignalBlocker(self.sides[0]):
            self.sides[0].clear()
            self.sides[0].addItems([choice.title for choice in self._choices])
        pair = self._pair(before)
        self._has_pair = pair is not None
        if pair is not None:
            is_new = pair != before or self.result.found is None
            with QSignalBlocker(self.sides[0]):
                self.sides[0].setCurrentIndex(self._choices.index(pair[0]))
            self._fill_second(pair[1])
            if is_new:
                self._compare()
        if not self._is_asking:
            self._show_rest()

    def _pair(self, before: tuple[Choice, Choice] | None) -> tuple[Choice, Choice] | None:
        """What has just been asked, what was chosen before, or the newest pair."""
        by_place = {choice.place: choice for choice in self._choices}
        own = [by_place[place] for place in self._wanted if place in by_place]
        self._wanted = ()
        if len(own) == 2:
            return own[0], own[1]
        if before is not None and all(choice in self._choices for choice in before):
            return before
        return first_pair(self._choices)

    def _compare(self, lane: str = "") -> None:
        pair = self._chosen()
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
            self.result.show_found(found)
            self._context.theme.hand_to(self.result)
            if not self._is_asking:
                self._show_rest()

    def _on_not_found(self, error: UserError) -> None:
        if self.sender() is self._comparing:
            self._comparing = None
            self._name_what_is_shown()
            self.failed.emit(error)

    def _on_step(self, event: object) -> None:
        if isinstance(event, Locked):
            self._wanted = event.places
        self.progress.take(event)

    def _on_run_ended(self) -> None:
        job, self._running = self._running, None
        if self._held is not None:
            self._context.live_runs.remove(self._held)
            self._context.notices.withdraw(PAUSED_NOTICE)
        if job is not None and job.state == "failed" and not self._wanted:
            self._show(self.form)  # nothing was asked: the wish may be mended
            return
        self._show_rest()
        self.activate()

    # ---- what is shown -----------------------------------------------------------------------

    def _on_first(self) -> None:
        chosen = self._choices[self.sides[0].currentIndex()]
        others = partners(self._choices, chosen)
        if others:
            self._fill_second(others[0])
            self._compare()
        else:
            self._name_what_is_shown()
            self.failed.emit(UserError(
                f"Nothing else was asked the same as {chosen.title}.",
                "Run another model with the same set, options, time and seed.",
            ))  # fmt: skip

    def _fill_second(self, wanted: Choice | None) -> None:
        place = self.sides[0].currentIndex()
        others = partners(self._choices, self._choices[place]) if place >= 0 else ()
        with QSignalBlocker(self.sides[1]):
            self.sides[1].clear()
            for other in others:
                self.sides[1].addItem(other.title, other)
            if wanted in others:
                self.sides[1].setCurrentIndex(others.index(wanted))
        for box in self.sides:
            box.setToolTip(box.currentText())

    def _chosen(self) -> tuple[Choice, Choice] | None:
        first, second = self.sides[0].currentIndex(), self.sides[1].currentData()
        return (self._choices[first], second) if first >= 0 and second is not None else None

    def _name_what_is_shown(self) -> None:
        """The sides say again what the numbers below them are of."""
        shown = self._shown_choices()
        if len(shown) == 2:
            with QSignalBlocker(self.sides[0]):
                self.sides[0].setCurrentIndex(self._choices.index(shown[0]))
            self._fill_second(shown[1])

    def _shown_choices(self) -> list[Choice]:
        found = self.result.found
        places = () if found is None else tuple((side.path, side.model) for side in found.sides)
        return [choice for place in places for choice in self._choices if choice.place == place]

    @property
    def _is_asking(self) -> bool:
        """A run goes on, or is being filled in: nothing else may take its place."""
        return self._running is not None or not self.form.isHidden()

    def _show_rest(self) -> None:
        """What was found; nothing yet while it is being looked for."""
        rest = None if self._has_pair else self.empty
        self._show(self.result if self.result.found else rest)

    def _show(self, wanted: QWidget | None) -> None:
        """The keyboard goes to what takes the place of what it was in."""
        focused = self.window().focusWidget()
        first: QWidget | None = None
        if wanted in (self.form, self.progress):
            first = self.form.lab if wanted is self.form else self.progress.pause_button
        for each in (self.empty, self.form, self.progress, self.result):
            each.setVisible(each is wanted)
        self.new_button.setVisible(first is None)
        for side in (*self.sides, self._to):
            side.setVisible(first is None and self._has_pair)
        if focused is not None and self.isAncestorOf(focused) and not focused.isVisible():
            (first or self.new_button).setFocus()

    # ---- building ----------------------------------------------------------------------------

    def _connect_signals(self) -> None:
        self.sides[0].activated.connect(lambda _at: self._on_first())
        self.sides[1].activated.connect(lambda _at: self._compare())
        self.new_button.clicked.connect(lambda: self._show(self.form))
        self.form.left.connect(self._show_rest)
        self.form.start_asked.connect(self.start)
        self.progress.stop_asked.connect(self._on_stop)
        self.progress.pause_asked.connect(self._on_pause)
        self.result.lane_chosen.connect(self._compare)
        home, navigation = self._context.services.paths.runs, self._context.navigation
        self.result.run_asked.connect(lambda path: navigation.open("labs", target_of(home, path)))
        self.result.failed.connect(self.failed)

    def _on_pause(self) -> None:
        """Pause, or go on; the model is free for others meanwhile."""
        if self._held is not None and self._held.is_paused:
            self._held.resume()
            self._context.notices.withdraw(PAUSED_NOTICE)
        elif self._held is not None:
            self._held.pause()

    def _on_stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self.progress.stopping()

    def _lay_out(self) -> None:
        for name, box in zip(("From this model", "To this model"), self.sides, strict=True):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(14)
            box.hide()
        keep_still(*self.sides)
        self._to = words("to", "secondary", wrap=False)
        self._to.hide()
        top = row_of(self.sides[0], self._to, self.sides[1], self.new_button, stretch=-1)
        for place in (0, 2):
            top.setStretch(place, 1000)
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 16, 24, 0)
        column.setSpacing(12)
        column.addWidget(words(PURPOSE, "secondary"))
        column.addLayout(top)
        for each in (self.empty, self.form, self.progress, self.result):
            column.addWidget(each)
            each.hide()
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "Flipped answers"))


def _short(model: str) -> str:
    return model.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf")
