"""The result of a run, from the top: finding, what it may not conclude, charts, numbers, trials."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.labs.answers_section import AnswersSection
from app.pages.labs.details_section import DetailsSection
from app.pages.labs.grid_data import RIGHT, UNCLEAR, WRONG
from app.pages.labs.result_charts import ResultCharts
from app.pages.labs.run_data import RunData, load_prompts
from app.pages.labs.token_work import tokenize_prompt
from app.pages.labs.trial_inspector import TrialInspector
from app.runs.run_list import DONE
from app.widgets.number_cards import NumberCards
from app.widgets.parts import back_button, badge, button, clear, in_the_middle, scrolled, words
from app.widgets.stacked_bar import Segment, StackedBar
from app.widgets.tokens import Tokens
from labs.experiments.record.trials import TrialRecord
from labs.experiments.report.answer_words import KIND_WORDS
from labs.experiments.results import ModelResult
from labs.experiments.statistics.wording import percent

MOST_PX = 1180  # longer lines are hard to read
_AFTER_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z\d“])")  # the first leads, others follow it
NOTHING_YET = "Nothing has been concluded from this run yet."
RESUME = "Resume asks only what is missing."
BESIDE_PX = 820  # below this the inspector lies over the result
Prompts = dict[str, list[dict[str, Any]]]


class ResultView(QWidget):
    """Shows a RunData; what the user wants done with the run comes out as signals."""

    left = Signal()
    resume_asked = Signal(object)
    work_out_asked = Signal(object)
    export_asked = Signal(object)
    label_asked = Signal(object)
    report_asked = Signal(object)
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._tokens = Tokens()
        self.data: RunData | None = None
        self._model = ""
        self._prompts: Prompts | None = None
        self._inspector: TrialInspector | None = None
        self.model_box = QComboBox()
        self.model_box.setAccessibleName("Model of this result")
        self.model_box.currentIndexChanged.connect(self._on_model)
        self.title = words("", "secondary")
        self.handed_in = words("", "secondary")
        self.finding, self.more = words("", "title"), words()
        self.charts = ResultCharts(context.jobs, context.notices)
        self.charts.failed.connect(self.failed)
        self.numbers = NumberCards()
        self.mix = StackedBar("Answer mix")
        self.answers = AnswersSection()
        self.answers.opened.connect(self.open_trial)
        self.details = DetailsSection()
        self._make_actions()
        self._lay_out()

    def show_run(self, data: RunData) -> None:
        self.data, self._prompts = data, None
        with QSignalBlocker(self.model_box):
            self.model_box.clear()
            self.model_box.addItems(list(data.plan.models))
        self.model_box.setVisible(len(data.plan.models) > 1)
        self.close_trial()
        self.answers.show_all()
        self._on_model()
        self._scroll.verticalScrollBar().setValue(0)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._inside.setMaximumWidth(tokens.px(MOST_PX))
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    # ---- one model -------------------------------------------------------------------------

    def _on_model(self) -> None:
        data = self.data
        if data is None:
            return
        self._model = self.model_box.currentText()
        result = data.result(self._model)
        self._show_head(data, result)
        self._show_caveats(data, result)
        charts = result.charts if result is not None else ()
        self.charts.show_charts(charts, simulated=data.is_simulated(self._model))
        self.numbers.setVisible(result is not None)
        self.details.setVisible(result is not None)
        if result is not None:
            self.numbers.show_numbers([result.lanes[lane][name] for lane, name in result.leading])
            self.details.show_details(data, result)
        self._show_answers(data)
        self._context.theme.hand_to(self)

    def _show_head(self, data: RunData, result: ModelResult | None) -> None:
        plan, is_done = data.plan, data.row.state == DONE and not data.problem
        finished, planned = data.grids[self._model].n_whole_items, data.row.n_items
        n = f"{planned}" if finished == planned else f"{finished} of {planned}"
        self.title.setText(f"{plan.title} · {self._model} · n = {n} items")
        self.handed_in.setText(data.row.handed_in)
        self.handed_in.setVisible(bool(data.row.handed_in))
        sentence = result.finding.sentence if result is not None else data.problem or NOTHING_YET
        lead, *rest = _AFTER_SENTENCE.split(sentence.replace(" %", "\u00a0%"), 1)
        self.finding.setText(lead)
        self.more.setText("".join(rest))
        self.more.setVisible(bool(rest))
        self.verdict.setText(result.finding.verdict if result is not None else "")
        self.verdict.setVisible(result is not None)
        self.simulated.setVisible(data.is_simulated(self._model))
        self.unfinished.setVisible(not is_done)
        self.unfinished.setText(_unfinished_words(data))
        aside = data.set_aside.get(self._model, "")
        self.aside.setText(f"{self._model} could not go on: {aside} {RESUME}" if aside else "")
        self.aside.setVisible(bool(aside))
        self.resume_button.setVisible(not is_done and data.row.done < data.row.total)
        self.work_out_button.setVisible(
            not is_done and data.row.done > data.about.get("n_trials", 0)
        )
        self.report_button.setVisible(result is not None)
        self.label_button.setVisible(is_done and "free" in plan.design["lanes"])
        prediction = plan.prediction
        self.prediction.setText(f"You predicted: {prediction}")
        self.prediction.setVisible(bool(prediction))

    def _show_caveats(self, data: RunData, result: ModelResult | None) -> None:
        clear(self._may_not)
        if result is not None and result.finding.may_not:
            self._may_not.addWidget(words("What this does not show", "heading"))
            for sentence in result.finding.may_not:
                self._may_not.addWidget(words(f"•  {sentence}", "secondary"))
        for sentence in data.comparison:
            self._may_not.addWidget(words(sentence))

    def _show_answers(self, data: RunData) -> None:
        grid, primary = data.grids[self._model], data.plan.design["primary"]["lane"]
        has_answers = bool(grid.lanes)
        for widget in (self.mix, self.answers, self._mix_title, self._answers_title):
            widget.setVisible(has_answers)
        if not has_answers:
            return
        lane = primary if primary in grid.lanes else next(iter(grid.lanes))
        counts = {"right": RIGHT, "wrong": WRONG, "unclear": UNCLEAR}
        total = sum(grid.lanes[lane].count(kind) for kind in counts.values())
        segments = []
        for name, kind in counts.items():
            count = grid.lanes[lane].count(kind)
            share, is_grey = percent(count / total), name == "unclear"
            segments.append(Segment(KIND_WORDS[name], count, f"{count:,}", share, is_grey))
        self.mix.show_segments(segments)
        self.answers.show_grid(grid, lane)

    # ---- one trial -------------------------------------------------------------------------

    @property
    def inspector(self) -> TrialInspector:
        """Made when the first trial is opened."""
        if self._inspector is None:
            self._inspector = made = TrialInspector(self._splitter)
            made.closed.connect(self.close_trial)
            made.tokens_asked.connect(self._on_tokens_asked)
            made.hide()
            self._splitter.addWidget(made)
            self._splitter.setStretchFactor(0, 1)
            self._splitter.setSizes([760, 400])
            self._context.theme.hand_to(made)
        return self._inspector

    def open_trial(self, record: TrialRecord) -> None:
        if self.data is None:
            return
        self.inspector.show_trial(self.data, record)
        self._context.theme.hand_to(self.inspector)
        self.inspector.show()
        self._share_room()
        if self._prompts is not None:
            self._show_prompt()
            return
        path = self.data.path
        job = self._context.jobs.start(lambda _: load_prompts(path))
        job.finished.connect(self._on_prompts)
        job.failed.connect(self.failed)

    def close_trial(self) -> None:
        if self._inspector is None:
            return
        had_focus = self.inspector.isAncestorOf(self.focusWidget() or self)
        self.inspector.hide()
        self._scroll.show()
        if had_focus:
            self.answers.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_prompts(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._show_prompt()

    def _show_prompt(self) -> None:
        record = self.inspector.record
        if record is not None and self._prompts is not None:
            self.inspector.show_prompt(self._prompts.get(record.prompt, ()))

    def _on_tokens_asked(self, record: TrialRecord) -> None:
        parts = (self._prompts or {}).get(record.prompt, [])
        services, model = self._context.services, record.model
        job = self._context.jobs.start(
            lambda cancel: tokenize_prompt(services, model, parts, cancel), "Reading the tokens"
        )
        job.finished.connect(lambda tokens: self._on_tokens(record, tokens))
        job.failed.connect(self.failed)

    def _on_tokens(self, record: TrialRecord, tokens: Any) -> None:
        if self.inspector.record is record:
            self.inspector.show_tokens(tokens)

    # ---- building --------------------------------------------------------------------------

    def _make_actions(self) -> None:
        self.back = back_button("My runs")
        self.back.clicked.connect(self.left)
        self.resume_button = button("Resume", "primary", "Resume this run")
        self.work_out_button = button("Conclude from what is there")
        self.export_button = button("Export…", name="Export this run")
        self.label_button = button("Label thirty by hand")
        self.report_button = button("Report", name="Open the report")
        self.report_button.setToolTip("Opens the report in the browser, with your answers in it.")
        for each, signal in (
            (self.resume_button, self.resume_asked),
            (self.work_out_button, self.work_out_asked),
            (self.export_button, self.export_asked),
            (self.label_button, self.label_asked),
            (self.report_button, self.report_asked),
        ):
            each.clicked.connect(self._asker(signal))
        self.verdict = badge("", "accent")
        self.simulated = badge("SIMULATED", "warning")
        self.unfinished = badge("", "warning")
        self.aside = words("", "warning")
        self.prediction = words("", "secondary")

    def _asker(self, signal: Any) -> Any:
        def ask() -> None:
            if self.data is not None:
                signal.emit(self.data.path)

        return ask

    def _lay_out(self) -> None:
        self._inside = inside = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        # Filled where it stands: what moves to another parent is styled anew with all it holds.
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        outer.addWidget(self._splitter)
        self._scroll = scrolled(in_the_middle(inside), "The result")
        self._splitter.addWidget(self._scroll)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 12, 24, 24)
        column.setSpacing(12)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back)
        top.addStretch(1)
        for each in (self.model_box, self.work_out_button, self.resume_button,
                     self.label_button, self.report_button, self.export_button):  # fmt: skip
            top.addWidget(each)
        column.addLayout(top)
        badges = QHBoxLayout()
        badges.setSpacing(8)
        for label in (self.simulated, self.unfinished):
            badges.addWidget(label)
        badges.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.handed_in)
        column.addWidget(self.finding)
        column.addWidget(self.more)
        column.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(badges)  # a row of its own: together they are too long in large text
        column.addWidget(self.aside)
        column.addWidget(self.prediction)
        self._may_not = QVBoxLayout()
        self._may_not.setSpacing(4)
        column.addLayout(self._may_not)
        column.addWidget(self.charts)
        self._mix_title = words("Answer mix", "heading")
        column.addWidget(self._mix_title)
        column.addWidget(self.mix)
        column.addWidget(self.numbers)
        self._answers_title = words("Every answer", "heading")
        column.addWidget(self._answers_title)
        column.addWidget(self.answers)
        column.addWidget(self.details)
        column.addStretch(1)

    def _share_room(self) -> None:
        """Beside the result where both have room, else over it."""
        beside = self.width() >= self._tokens.px(BESIDE_PX)
        has_trial = self._inspector is not None and not self._inspector.isHidden()
        self._scroll.setVisible(beside or not has_trial)


def _unfinished_words(data: RunData) -> str:
    if data.row.done >= data.row.total:
        return "all trials finished, nothing concluded"
    return f"stopped after {data.row.done:,} of {data.row.total:,} trials"
