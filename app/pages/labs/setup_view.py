"""The set-up of one lab: what to vary, on which model, for how long, and what is expected."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.labs.bench import Errand
from app.pages.labs.fold import Fold
from app.pages.labs.option_form import OptionForm
from app.pages.labs.reading_choice import ReadingChoice
from app.pages.labs.requirements import reason_not_to_run
from app.pages.labs.setup_fields import (
    ModelList,
    SeedField,
    StudentFields,
    TimeChoice,
)
from app.pages.labs.size_card import SizeCard
from app.pages.labs.sizing_work import Sized, Trying, Wish, size
from app.widgets.parts import back_button, in_the_middle, row_of, scrolled, words
from app.widgets.set_choice import SetChoice
from app.widgets.tokens import Tokens
from labs.experiments.experiment import Experiment
from labs.experiments.running.sizing import Speed
from models.errors import UserError
from models.network import Act, Sealed

SETTLE_MS = 250
MOST_PX = 1180
BESIDE_PX = 760  # room for the form and what it takes side by side


class SetupView(QWidget):
    """Measures the chosen models by itself and says what fits; `start_asked` carries a Sized."""

    start_asked = Signal(object)
    left = Signal()

    def __init__(
        self, context: AppContext, experiment: Experiment, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.experiment = experiment
        self._context = context
        self._tokens = Tokens()
        self._speeds: dict[tuple[Any, ...], dict[str, Speed]] = {}
        self._job: Job | None = None
        self._wants_to_see = self._wants_to_start = False
        self.sized: Sized | None = None
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self._size)
        self.options = OptionForm(experiment.options)
        self.advice = words("", "heading")
        self.models = ModelList(context)
        self.time = TimeChoice()
        self.set = SetChoice(context.services.paths.sets)
        self.seed = SeedField()
        self.reading = ReadingChoice()
        self.more = Fold("More")
        self.prediction = QPlainTextEdit()
        self.prediction.setAccessibleName("Prediction")
        self.prediction.setPlaceholderText("What do you expect to find, and why?")
        self.prediction.setTabChangesFocus(True)
        self.student = StudentFields()
        self.size_card = SizeCard()
        self._lay_out()
        for field in (
            self.options, self.models, self.time, self.set, self.seed, self.student, self.reading,
        ):  # fmt: skip
            field.changed.connect(self.wish_changed)
        self.size_card.try_asked.connect(self.try_items)
        self.size_card.start_asked.connect(self._on_start)
        self.size_card.open_asked.connect(self._open_once)

    def begin(self) -> None:
        """The view has come to the front."""
        self._wants_to_start = False
        self.set.look()
        self._advise("")
        self.wish_changed()

    def fill(self, errand: Errand) -> None:
        """Take over what is wished elsewhere; models, seed and prediction stay."""
        self.options.show_values(errand.options)
        self.time.choose(errand.time)
        self.set.use(errand.set_path)
        self._advise(errand.advice)
        self.wish_changed()
        self._wants_to_start = errand.starts

    def _advise(self, sentence: str) -> None:
        self.advice.setText(sentence)
        self.advice.setVisible(bool(sentence))

    def stop(self) -> None:
        """Nobody waits for what is measured any more."""
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    @property
    def is_settled(self) -> bool:
        """Nothing is being measured, and nothing waits to be."""
        return self._job is None and not self._timer.isActive()

    def wish(self) -> Wish:
        return Wish(
            self.experiment, self.options.values(), self.models.models(), self.time.value(),
            self.set.value() if self.experiment.takes_sets else None, self.seed.value(),
            self.reading.value(), self.student.value(),
        )  # fmt: skip

    def wish_changed(self) -> None:
        self.sized = None
        self._wants_to_start = False
        self.seed.setEnabled(self.student.value() is None)
        self.size_card.start_button.setEnabled(False)
        if self.isVisible():
            self._timer.start()
        else:  # a model that is chosen for something else is not asked for this lab
            self.stop()

    def try_items(self) -> None:
        """Measure anew and show what was asked and said."""
        self._speeds.pop(self.wish().tried, None)
        self._wants_to_see = True
        self.size_card.tried.show_tried({}, None)
        self._size()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.prediction.setFixedHeight(tokens.px(84))
        self._inside.setMaximumWidth(tokens.px(MOST_PX))
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.sized is None and self._job is None:
            self._timer.start()

    # ---- sizing ----------------------------------------------------------------------------

    def _size(self) -> None:
        self.stop()
        wish = self.wish()
        reason = self._reason(wish)
        self.size_card.try_button.setEnabled(not reason)
        if reason:
            self.size_card.show_nothing()
            self.size_card.say(reason, "warning")
            return
        services, known = self._context.services, dict(self._speeds.get(wish.tried, {}))
        self._job = job = self._context.jobs.start(
            lambda cancel: size(services, wish, known, cancel), "Trying a few prompts"
        )
        self.size_card.say("Trying a few prompts to see how much fits…")
        job.progress.connect(self._on_step)
        job.finished.connect(self._on_sized)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_stopped)

    def _reason(self, wish: Wish) -> str:
        if not wish.models:
            return "No model is chosen yet. Choose one at the top of the page."
        if wish.student is not None and not wish.student.code:
            return "Write the student code whose items should be drawn."
        library = self._context.services.library
        reasons = (reason_not_to_run(self.experiment, library, model) for model in wish.models)
        return next(filter(None, reasons), "")

    def _on_step(self, step: object) -> None:
        if isinstance(step, Trying):
            self.size_card.say(step.detail)

    def _on_sized(self, sized: Sized) -> None:
        if self.sender() is not self._job:
            return
        self._job, self.sized = None, sized
        self._speeds.setdefault(sized.wish.tried, {}).update(sized.speeds)
        self.size_card.say("")
        self.size_card.show_sized(sized)
        self.seed.show_seed(sized.request.seed)
        if self._wants_to_see:
            self._wants_to_see = False
            self.size_card.tried.show_tried(sized.speeds, sized.design)
        if self._wants_to_start:
            self._wants_to_start = False
            self._on_start()

    def _on_failed(self, error: UserError) -> None:
        if self.sender() is self._job:
            self._job = None
            self.size_card.show_nothing()
            if isinstance(error, Sealed):
                self.size_card.ask(error)
            else:
                self.size_card.say(str(error), "danger")

    def _open_once(self, act: Act) -> None:
        self._context.services.gate.allow_once(act)
        self._size()

    def _on_stopped(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self.size_card.say("Stopped. Press “Try 3 items” to see how much fits.")

    def _on_start(self) -> None:
        if self.sized is not None:
            self.stop()  # what is still being tried would keep the run waiting
            self.start_asked.emit(self.sized)

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        back = back_button("All labs")
        back.clicked.connect(self.left)
        inside = self._inside = QWidget()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        # Filled where it stands: what moves to another parent is styled anew with all it holds.
        whole.addWidget(scrolled(in_the_middle(inside), f"Set-up of {self.experiment.title}"))
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(24, 12, 24, 24)
        outer.setSpacing(8)
        outer.addLayout(row_of(back, stretch=-1))
        outer.addWidget(words(self.experiment.title, "title"))
        outer.addWidget(words(self.experiment.summary, "secondary"))
        outer.addWidget(self.advice)
        outer.addSpacing(8)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(24)
        self._form = QWidget()
        self._sides.addWidget(self._form, 5)
        side = QVBoxLayout()
        side.addWidget(self.size_card)
        side.addStretch(1)
        self._sides.addLayout(side, 4)
        self._fill_form(QVBoxLayout(self._form))
        outer.addLayout(self._sides)
        outer.addStretch(1)

    def _fill_form(self, column: QVBoxLayout) -> None:
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        sections = [
            ("Model", self.models, ""),
            ("Time", self.time, "How many items follows from how fast the model is here."),
            ("Prediction", self.prediction, "It is locked with the plan when the run starts."),
            ("What to vary", self.options, ""),
        ]
        if self.experiment.takes_sets:
            sections.append(("Set", self.set, ""))
        sections += [
            ("Seed", self.seed, "Draws the items and their order."),
            ("Student", self.student, ""),
        ]
        for title, field, hint in sections:
            column.addWidget(words(title, "heading"))
            column.addWidget(field)
            if hint:
                column.addWidget(words(hint, "small"))
            column.addSpacing(14)
        column.addWidget(self.more)
        self.more.column.addWidget(words("How prompts are read", "heading"))
        self.more.column.addWidget(self.reading)
        column.addStretch(1)

    def _share_room(self) -> None:
        beside = self.width() >= self._tokens.px(BESIDE_PX)
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._sides.direction() != direction:
            self._sides.setDirection(direction)
