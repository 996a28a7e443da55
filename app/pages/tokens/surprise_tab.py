"""A text, and how surprised a model is at each of its tokens; two models, and where they differ."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.tokens.latest_job import LatestJob, show_running
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.model_pair import ModelPair
from app.pages.tokens.scored_cells import ScoredCells
from app.pages.tokens.source_text import SourceText
from app.pages.tokens.surprise_bar import SurpriseBar
from app.pages.tokens.surprise_panel import SurprisePanel
from app.pages.tokens.surprise_work import Compared, ReadSoFar, compare, read_with
from app.pages.tokens.text_file import TextFile
from app.pages.tokens.token_detail import Place
from app.pages.tokens.totals_grid import TotalsGrid
from app.widgets.elided_label import ElidedLabel
from app.widgets.parts import button, row_of, words
from app.widgets.token_cells import Cell
from app.widgets.token_field import TokenField
from labs.tokens.reading import read_text
from labs.tokens.surprise import Surprise
from labs.tokens.surprise_difference import Difference
from labs.tokens.surprise_sheet import surprise_sheet
from models.errors import UserError

EXAMPLE = (
    "Once upon a time there was a little girl who lived in a village near the forest. Every "
    "morning she walked to school with her brother.\n"
    "The capital of France is Paris, and the capital of Germany is bicycle. One, two, three, "
    "four, five, six, seven, nine."
)
WRITE = "Write or paste a text, and see where a model is surprised by it."
PURPOSE = (
    "Each token is coloured by how surprised the model was: what it saw coming stays pale, what it "
    "did not stands out."
)
BROKEN = "Before {:,} tokens the model's numbers were none (NaN); averages leave these tokens out."


class SurpriseTab(QWidget):
    """Reads when it is asked to; what has been read stays when it is stopped."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job = LatestJob(context.jobs, self)
        self._comparing = LatestJob(context.jobs, self)
        self._text = b""  # what was read
        self._cells: ScoredCells | None = None
        self._difference_cells: tuple[Cell, ...] = ()
        self.readings: list[Surprise] = []
        self.difference: Difference | None = None
        self.source = SourceText(purpose=WRITE, example=EXAMPLE, name="Text to read")
        self.source.editor.setPlainText(EXAMPLE)
        self.file = TextFile(context.jobs, self.source)
        self.models, self.bar, self.totals = ModelPair(context), SurpriseBar(), TotalsGrid()
        self.read_button, self.stop_button = button("Read it", "primary"), button("Stop")
        self.progress = ElidedLabel("", "secondary")
        self.notes, self.message = words("", "small"), MessageBox()
        self.field = TokenField("Surprise of each token", with_popup=False)
        self.panel = SurprisePanel()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._show_nothing()

    # ---- what a person does ----------------------------------------------------------------

    def read(self) -> None:
        """Read the text with the chosen models, from the beginning."""
        self._comparing.give_up()
        text, names, services = self.source.text, self.models.names, self._context.services
        self._text = read_text(text).text.encode()
        self.readings, self.difference, self._cells = [], None, None
        self.bar.offer_sides(False)
        self._show_side()
        self._job.start(lambda token: read_with(services, names, text, token), "Reading a text")

    def sheet(self) -> Generator[str, None, str]:
        """What is shown now, to keep: see `surprise_sheet`."""
        return surprise_sheet(tuple(self.readings), self.difference, self._text)

    # ---- the job ---------------------------------------------------------------------------

    def _on_step(self, step: object) -> None:
        if not isinstance(step, ReadSoFar):
            return
        is_new = step.place == len(self.readings)
        self.readings[step.place :] = [step.surprise]
        if is_new:
            self._show_side()
        elif step.place == 0:
            self._show_colours()
        self._show_numbers()

    def _on_done(self) -> None:
        self._on_end()
        self.went_well.emit()

    def _on_failed(self, error: UserError) -> None:
        self._on_end()
        self.failed.emit(error)

    def _on_end(self) -> None:
        """What has been read stays."""
        if self.readings:
            self._show_numbers()
        else:
            self._show_nothing()
        if len(self.readings) == 2:
            first, second = self.readings
            text = self._text
            self._comparing.start(lambda _token: compare(first, second, text))

    def _on_compared(self, compared: Compared) -> None:
        found = self.difference = compared.difference
        self._difference_cells = compared.cells
        self.panel.show_difference(found, self._text)
        self.bar.offer_sides(True)
        self.bar.show_side("difference")
        self._show_numbers()

    # ---- what is shown ---------------------------------------------------------------------

    def _show_nothing(self) -> None:
        self.message.say(PURPOSE)
        self._stack.setCurrentWidget(self.message)
        for widget in (self.totals, self.notes, self.bar):
            widget.hide()
        self._show_differences()

    def _show_running(self) -> None:
        is_running = self._job.is_running
        show_running(self.read_button, self.stop_button, is_running=is_running)
        self.progress.show_text(self._job.words)
        if is_running and not self.readings:
            self.message.say("Reading…")
            self._stack.setCurrentWidget(self.message)

    def _show_numbers(self) -> None:
        self.totals.show_totals(self.readings, self.difference)
        self.totals.setVisible(bool(self.readings))
        notes = list(dict.fromkeys(note for each in self.readings for note in each.notes))
        stopped = [each for each in self.readings if not each.is_whole and not self._job.is_running]
        notes += [f"Stopped after {len(each.tokens):,} of {each.n_wanted:,} tokens of {each.model}."
                  for each in stopped]  # fmt: skip
        if n_broken := sum(each.totals.n_broken for each in self.readings):
            notes.append(BROKEN.format(n_broken))
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))
        self.bar.setVisible(bool(self.readings))

    def _show_side(self) -> None:
        """The tokens of one model, or the stretches of both."""
        self._show_differences()
        self.panel.show_no_token()
        side, self._cells = self.bar.side, None
        if side == "difference" and self.difference is not None:
            spans = self.difference.spans
            starts, ends = [span.start for span in spans], [span.end for span in spans]
            self.field.show_cells(self._difference_cells, starts, ends)
        elif self.readings:
            shown = self._shown
            self._cells = ScoredCells(shown, self.bar.measure)
            self.field.show_cells(self._cells, shown.cut.starts, shown.cut.ends)
        else:
            self.field.clear()
            return
        self._stack.setCurrentWidget(self.field)

    def _show_colours(self) -> None:
        """Of the same tokens: none moves, and the one that is looked at stays."""
        if self._cells is not None:
            self._cells.show(self._shown, self.bar.measure)
            self.field.canvas.update()

    @property
    def _shown(self) -> Surprise:
        is_second = self.bar.side == "second" and len(self.readings) > 1
        return self.readings[1 if is_second else 0]

    @property
    def _has_same_tokens(self) -> bool:
        """By number too: then their alternatives can be held against each other."""
        if self.difference is None:
            return False
        first, second = self.readings
        return self.difference.has_same_tokens and first.cut.ids == second.cut.ids

    def _show_differences(self) -> None:
        self.panel.setVisible(bool(self.readings))
        self.panel.show_compared(self.difference is not None)

    def _show_token(self, start: int, end: int) -> None:
        """What every model made of the token at these bytes."""
        places = [
            Place(each, min(bisect_right(each.cut.ends, start), len(each.cut) - 1))
            for each in self.readings
        ]
        self.panel.show_places(places, together=self._has_same_tokens)
        self.field.mark_bytes(start, end)

    def _go_to(self, start: int, end: int) -> None:
        self._show_token(start, end)
        self.field.mark_bytes(start, end, bring=True)

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setObjectName("surprise-splitter")
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(1)
        halves.addWidget(self.source)
        halves.addWidget(self._lower_half())
        halves.setSizes([130, 570])
        halves.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(halves)

    def _lower_half(self) -> QWidget:
        self.stop_button.hide()
        self._stack.setStyleSheet("QStackedWidget { background: transparent; }")
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.field)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(24, 8, 24, 12)
        column.setSpacing(8)
        column.addLayout(row_of(self.models, self.progress, self.stop_button, self.read_button,
                                stretch=0))  # fmt: skip
        column.addWidget(self.totals)
        column.addWidget(self.notes)
        column.addWidget(self.bar)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("surprise-sides")
        sides.setChildrenCollapsible(False)
        sides.setHandleWidth(1)
        sides.addWidget(self._stack)
        sides.addWidget(self.panel)
        sides.setSizes([680, 330])
        sides.setStretchFactor(0, 1)
        column.addWidget(sides, 1)
        return below

    def _connect_signals(self) -> None:
        self.file.failed.connect(self.failed)
        self.read_button.clicked.connect(self.read)
        self.stop_button.clicked.connect(self._job.stop)
        self._job.changed.connect(self._show_running)
        self._job.stepped.connect(self._on_step)
        self._job.finished.connect(self._on_done)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._on_end)
        self._comparing.finished.connect(self._on_compared)
        self.bar.side_changed.connect(self._show_side)
        self.bar.measure_changed.connect(self._show_colours)
        self.field.opened.connect(self._show_token)
        self.panel.differences.asked.connect(self._go_to)
        self.panel.differences.failed.connect(self.failed)
