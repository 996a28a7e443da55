"""What comes after a prompt: the model's real distribution, what samplers make of it, and draws."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Work
from app.pages.tokens.distribution_rows import rows_of
from app.pages.tokens.draws_panel import DrawsPanel
from app.pages.tokens.latest_job import LatestJob, show_running
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.next_token_work import Draws, ask, draw_from, sweep_over
from app.pages.tokens.probability_bars import ProbabilityBars
from app.pages.tokens.prompt_form import PromptForm
from app.pages.tokens.sampling_panel import SamplingPanel
from app.widgets.elided_label import ElidedLabel
from app.widgets.parts import button, hairline, row_of, scrolled, words
from app.widgets.tokens import Tokens
from labs.tokens.draws import draw
from labs.tokens.next_token import NextToken, Prompt, example
from labs.tokens.sampling import shape
from labs.tokens.sampling_sheet import sampling_sheet
from labs.tokens.visible import visible
from models.errors import UserError

PANEL_PX, ENDING_LETTERS = 320, 48
PURPOSE = (
    "A model writes token by token. See how likely each of them is after your prompt, choose one, "
    "and go on."
)
LEGEND = "Grey: the model's own probability. Colour: after the samplers. Click a token to write it."


class NextTokenTab(QWidget):
    """Asks the model when it is told to; sliders work on what it said."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._navigation = context.services, context.navigation
        self._job = LatestJob(context.jobs, self)
        self._then: Callable[[Any], None] = self._show_found  # with what the job brings
        self._past: list[NextToken] = []  # what Undo goes back to
        self._model = ""  # that gave what is shown; another may be chosen by now
        self.found: NextToken | None = None
        self.draws: Draws | None = None
        self.form = PromptForm(context)
        self.ask_button = button("Show what comes next", "primary")
        self.stop_button, self.undo_button = button("Stop"), button("Undo")
        self.example_button = button("Textbook example", "link")
        self.draw_one = button("Draw one")
        self.draw_one.setToolTip("Let the samplers choose the next token, and write it")
        self.progress, self.written = ElidedLabel("", "secondary"), ElidedLabel("", "mono")
        self.bars = ProbabilityBars("What may come next", can_choose=True)
        self.legend, self.notes = words(LEGEND, "small"), words("", "small")
        self.message = MessageBox()
        self.sampling, self.drawing = SamplingPanel(), DrawsPanel()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._show_nothing()

    # ---- what a person does ----------------------------------------------------------------

    def ask(self) -> None:
        """What comes after the prompt; what was written since is given up once that is known."""
        name = self.form.model
        self._ask(name, self.form.prompt, partial(self._show_anew, name))

    def show_example(self) -> None:
        self._job.give_up()
        self._past.clear()
        self._show_found(example())

    def write(self, token_id: int) -> None:
        """Append a token to the prompt and go on from there."""
        found = self.found
        if found is not None and found.n_prompt_tokens and not self._job.is_running:
            self._past.append(found)
            before = found.prompt
            longer = Prompt(before.text, before.as_chat, (*before.written, token_id))
            self._ask(self._model, longer, self._show_found)

    def write_drawn(self) -> None:
        """Append a token that is drawn with the samplers as they stand."""
        if self.found is not None:
            seed = self.drawing.seed.value() + len(self.found.prompt.written)
            [drawn] = draw(self.found.distribution, self.sampling.sampling, 1, seed)
            self.write(drawn.token_id)

    def undo(self) -> None:
        if self._past:
            self._job.give_up()
            self._show_found(self._past.pop())
        if not self._past:
            self.bars.setFocus()  # the button is off now

    def draw(self) -> None:
        found, sampling = self.found, self.sampling.sampling
        n, seed, services = self.drawing.n.value(), self.drawing.seed.value(), self._services
        if found is not None and not self._job.is_running:
            name = self._model if found.n_prompt_tokens else ""
            self._start(
                lambda token: draw_from(services, name, found, sampling, n, seed, token),
                "Drawing tokens", self._show_draws,
            )  # fmt: skip

    def sweep(self) -> None:
        found, sampling = self.found, self.sampling.sampling
        n, seed = self.drawing.n.value(), self.drawing.seed.value()
        if found is not None and not self._job.is_running:
            self._start(
                lambda _token: sweep_over(found, sampling, n, seed),
                "Drawing at several temperatures", self.drawing.show_points,
            )  # fmt: skip

    def _open_answers(self) -> None:
        self._navigation.open("labs", "lab:repeats")

    def sheet(self) -> Generator[str, None, str]:
        """What is shown now, to keep: see `sampling_sheet`."""
        drawn, texts = (self.draws.drawn, self.draws.texts) if self.draws else ((), {})
        points = self.drawing.points_shown
        return sampling_sheet(self.found, self.sampling.sampling, drawn, texts, points)

    def setTokens(self, tokens: Tokens) -> None:
        self._panel.setMinimumWidth(tokens.px(PANEL_PX))

    # ---- the job ---------------------------------------------------------------------------

    def _ask(self, name: str, prompt: Prompt, then: Callable[[NextToken], None]) -> None:
        services = self._services
        self._start(lambda token: ask(services, name, prompt, token), "Reading a prompt", then)

    def _start(self, work: Work, title: str, then: Callable[[Any], None]) -> None:
        self._then = then
        self._job.start(work, title)

    def _on_finished(self, result: object) -> None:
        self._then(result)
        self.went_well.emit()

    def _on_failed(self, error: UserError) -> None:
        self._on_stopped()
        self.failed.emit(error)

    def _on_stopped(self) -> None:
        """A token that was to be written was not: there is nothing to undo."""
        if self._past and self._past[-1] is self.found:
            self._past.pop()
        self._show_written()

    # ---- what is shown ---------------------------------------------------------------------

    def _show_nothing(self) -> None:
        self.message.say(PURPOSE)
        self._stack.setCurrentWidget(self.message)
        self.legend.hide()
        self.notes.hide()
        self._show_running()
        self._show_written()

    def _show_running(self) -> None:
        is_running = self._job.is_running
        show_running(self.ask_button, self.stop_button, is_running=is_running)
        self.progress.show_text(self._job.words)
        self.drawing.allow(self.found is not None)

    def _show_anew(self, name: str, found: NextToken) -> None:
        self._past.clear()
        self._model = name
        self._show_found(found)

    def _show_found(self, found: NextToken) -> None:
        self.found = found
        self._forget_draws()
        self.drawing.allow(True)
        self.notes.setText(" ".join(found.notes))
        self.notes.setVisible(bool(found.notes))
        self.legend.show()
        self._stack.setCurrentWidget(self._area)
        self._show_written()
        self._show_shaped()

    def _show_written(self) -> None:
        found = self.found
        self.written.setVisible(found is not None)
        if found is not None:
            texts = "".join(map(self._text_of, found.prompt.written))
            self.written.show_text(f"{_ending(visible(found.prompt.text) + texts)} …")
        self.undo_button.setEnabled(bool(self._past))
        can_write = found is not None and found.n_prompt_tokens > 0
        self.undo_button.setVisible(can_write)
        self.draw_one.setVisible(can_write)

    def _text_of(self, token_id: int) -> str:
        known = next((each.texts[token_id] for each in self._past if token_id in each.texts), "▯")
        return visible(known)

    def _show_draws(self, draws: Draws) -> None:
        self.draws = draws
        self.drawing.show_draws(draws)

    def _show_shaped(self) -> None:
        """In one step of a slider: some milliseconds for a vocabulary of 260,000."""
        found = self.found
        if found is not None:
            shaped = shape(found.distribution, self.sampling.sampling)
            self.sampling.show_shaped(found.distribution, shaped)
            self.bars.show_rows(rows_of(found, shaped, self.sampling.shown_case))

    def _forget_draws(self) -> None:
        """They were made from something else."""
        self.draws = None
        self.drawing.show_nothing()

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setObjectName("next-token-splitter")
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(1)
        halves.addWidget(self._left())
        halves.addWidget(self._right())
        halves.setSizes([700, 360])
        halves.setStretchFactor(0, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(halves)

    def _left(self) -> QWidget:
        self._area = scrolled(_column(self.bars, margins=(0, 0, 8, 0)), "What may come next")
        self._stack.setStyleSheet("QStackedWidget { background: transparent; }")
        self._stack.addWidget(self.message)
        self._stack.addWidget(self._area)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(24, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.form)
        column.addLayout(row_of(self.ask_button, self.stop_button, self.progress,
                                self.example_button, stretch=2))  # fmt: skip
        column.addLayout(row_of(self.written, self.draw_one, self.undo_button, stretch=0))
        column.addWidget(self.notes)
        column.addWidget(self.legend)
        column.addWidget(self._stack, 1)
        return left

    def _right(self) -> QWidget:
        inside = _column(self.sampling, hairline(), self.drawing, margins=(16, 16, 16, 16))
        self._panel = scrolled(inside, "Sampling and draws")
        return self._panel

    def _connect_signals(self) -> None:
        self.ask_button.clicked.connect(self.ask)
        self.stop_button.clicked.connect(self._job.stop)
        self.example_button.clicked.connect(self.show_example)
        self.undo_button.clicked.connect(self.undo)
        self.draw_one.clicked.connect(self.write_drawn)
        self.bars.chosen.connect(self.write)
        self._job.changed.connect(self._show_running)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._on_stopped)
        self.sampling.changed.connect(self._show_shaped)
        self.sampling.changed.connect(self._forget_draws)
        self.drawing.draw_asked.connect(self.draw)
        self.drawing.sweep_asked.connect(self.sweep)
        self.drawing.answers_asked.connect(self._open_answers)


def _ending(text: str) -> str:
    return text if len(text) <= ENDING_LETTERS else f"…{text[-ENDING_LETTERS:]}"


def _column(*widgets: QWidget, margins: tuple[int, int, int, int]) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(*margins)
    column.setSpacing(16)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return made
