"""What languages cost: the same text in all of them, through up to four tokenizers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Work
from app.pages.tokens.language_table import COLUMNS, WIDTHS
from app.pages.tokens.language_work import (
    Languages,
    Machines,
    compare_again,
    compare_languages,
    measure_speeds,
)
from app.pages.tokens.latest_job import LatestJob
from app.pages.tokens.message_box import MessageBox
from app.pages.tokens.tokenizer_row import TokenizerRow
from app.widgets.chart.chart_card import ChartCard
from app.widgets.data_table import DataTable
from app.widgets.parts import button, row_of, scrolled, words
from app.widgets.rows_model import FilteredRows, RowsModel
from app.widgets.task_row import TaskRow
from app.widgets.tokens import Tokens
from labs.tokens.language_rows import LanguageRow
from labs.tokens.parallel import ENGLISH, parallel_text
from models.errors import UserError

SECOND = "cl100k"
PURPOSE = "The same thirty articles in 24 languages: how many tokens does each of them take?"
STOPPED = "Stopped. Nothing was compared."


class LanguagesTab(QWidget):
    """Compares by itself when it is first seen and whenever a tokenizer changes."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job = LatestJob(context.jobs, self)
        self._is_begun = False
        self._known: Machines = {}
        self.languages: Languages | None = None
        self.tokenizers = TokenizerRow(context, (context.current_model.model or "starter", SECOND))
        self.reference = QComboBox()
        self.reference.setAccessibleName("Compare with")
        for language in parallel_text():
            self.reference.addItem(language.name, language.code)
        self.reference.setCurrentIndex(self.reference.findData(ENGLISH))
        self.as_chart, self.as_table = _toggle("Chart"), _toggle("Table")
        self.speed = button("Measure reading speed")
        self.speed.setToolTip(
            "Loads each model and reads 512 tokens four times; then the table tells how many "
            "seconds each language takes here"
        )
        self.again = button("Compare", "primary")
        self.finding, self.problems = words(), words("", "danger")
        self.message, self.task = MessageBox(), TaskRow("Comparing languages")
        self.chart = ChartCard(context.jobs, context.notices, "the chart of languages")
        self.rows = RowsModel[LanguageRow](COLUMNS, self)
        self.table = DataTable("Languages", FilteredRows(self.rows, self))
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._say(PURPOSE)

    def compare_once(self) -> None:
        """The first time that the tab is seen."""
        if not self._is_begun:
            self.compare()

    def take_tokenizer(self, name: str) -> None:
        self.tokenizers.take(name)

    def compare(self) -> None:
        self._is_begun = True
        names, reference = self.tokenizers.names, self.reference.currentData()
        services, known = self._context.services, self._known
        self._start(
            lambda token: compare_languages(services, names, reference, known, token),
            "Comparing languages",
        )

    def measure_speed(self) -> None:
        languages, services = self.languages, self._context.services
        if languages is not None:
            self._start(
                lambda token: measure_speeds(services, languages, token),
                "Measuring reading speed",
            )

    def setTokens(self, tokens: Tokens) -> None:
        self.table.set_widths(*map(tokens.px, WIDTHS), stretch=len(WIDTHS) - 1)

    # ---- the job ---------------------------------------------------------------------------

    def _start(self, work: Work, title: str) -> None:
        self.task.setAccessibleName(title)
        self.task.show_progress(None, "", None, stopping=False)
        self._show(self._busy)
        self._job.start(work, title)

    def _on_stop(self) -> None:
        self._busy.setFocus()  # its button is about to be off
        self._job.stop()

    def _on_done(self, languages: Languages) -> None:
        self.languages = languages
        self._known = {
            source: machine for source, machine in languages.machines.items()
            if machine.tokens_per_s is not None
        }  # fmt: skip
        self.problems.setText("\n".join(languages.problems))
        self.problems.setVisible(bool(languages.problems))
        self.rows.set_rows(languages.rows)
        if languages.chart is None:
            self._say("None of these tokenizers can be read.")
            return
        self.finding.setText(languages.chart.finding)
        self.chart.chart.show_chart(languages.chart, simulated=False)
        self._show_result()
        self.went_well.emit()

    def _on_failed(self, error: UserError) -> None:
        self._show_result()
        self.failed.emit(error)

    # ---- what is shown ---------------------------------------------------------------------

    def _say(self, sentence: str) -> None:
        self.message.say(sentence)
        self._show(self._empty)

    def _show_result(self) -> None:
        """What was compared, unless others were chosen since."""
        shown = self.languages
        if shown is None or shown.chart is None or list(shown.names) != self.tokenizers.names:
            self.problems.hide()
            self._say(STOPPED)
        else:
            self._show(self.table if self.as_table.isChecked() else self._charts)

    def _show(self, widget: QWidget) -> None:
        has_result = widget in (self.table, self._charts)
        focus = self.window().focusWidget()
        is_here = focus is not None and self.isAncestorOf(focus)
        self.finding.setVisible(has_result)
        for control in (self.speed, self.as_chart, self.as_table, self.reference):
            control.setEnabled(has_result)
        self._stack.setCurrentWidget(widget)
        if is_here and not (focus.isEnabled() and focus.isVisible()):
            self._heirs[widget].setFocus()  # it would leap through the window

    def _on_reference(self) -> None:
        languages, reference = self.languages, self.reference.currentData()
        if languages is not None and not self._job.is_running:
            self._start(lambda _token: compare_again(languages, reference), "")

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.as_chart.setChecked(True)
        self.problems.hide()
        bar = row_of(words("Compared with", "secondary", wrap=False), self.reference,
                     self.as_chart, self.as_table, stretch=-1)  # fmt: skip
        bar.insertSpacing(2, 12)
        bar.addWidget(self.speed)
        inside = QWidget()
        charts = QVBoxLayout(inside)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.addWidget(self.chart)
        charts.addStretch(1)
        self._charts = scrolled(inside, "Chart of languages")
        self._busy, self._empty = QWidget(), QWidget()
        empty = QVBoxLayout(self._empty)
        empty.addStretch(1)
        empty.addWidget(self.message)
        empty.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        empty.addStretch(2)
        busy = QVBoxLayout(self._busy)
        busy.addWidget(self.task)
        busy.addStretch(1)
        for widget in (self._empty, self._busy, self._charts, self.table):
            self._stack.addWidget(widget)
        self._heirs = {self._empty: self.again, self._busy: self.task,
                       self._charts: self.as_chart, self.table: self.as_table}  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        column.addWidget(self.tokenizers)
        column.addLayout(bar)
        column.addWidget(self.finding)
        column.addWidget(self.problems)
        column.addWidget(self._stack, 1)

    def _connect_signals(self) -> None:
        self.tokenizers.changed.connect(self._on_tokenizers)
        self.reference.activated.connect(lambda _index: self._on_reference())
        self.as_chart.clicked.connect(self._show_result)
        self.as_table.clicked.connect(self._show_result)
        self.speed.clicked.connect(self.measure_speed)
        self.again.clicked.connect(self.compare)
        self.task.stop_requested.connect(self._on_stop)
        self._job.changed.connect(lambda: self._job.show_on(self.task))
        self._job.finished.connect(self._on_done)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._show_result)
        self.table.failed.connect(self.failed)
        self.chart.chart.failed.connect(self.failed)

    def _on_tokenizers(self) -> None:
        if self._is_begun:
            self.compare()


def _toggle(title: str) -> QToolButton:
    made = QToolButton()
    made.setText(title)
    made.setCheckable(True)
    made.setAutoExclusive(True)
    made.setAccessibleName(f"Show the languages as a {title.lower()}")
    return made
