"""A class of students who all measure the same model: its setting, and what they report."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSpinBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.labs.clinic_form import ClinicForm
from app.pages.labs.clinic_work import Lesson, draw_class, look_at
from app.pages.labs.table_grid import TableGrid, turned
from app.widgets.chart.chart_view import ChartView
from app.widgets.parts import (
    badge,
    button,
    card,
    clear,
    in_the_middle,
    row_of,
    scrolled,
    set_role,
    words,
)
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from labs.experiments.results import Table
from models.errors import UserError

MOST_PX, FORM_PX, BESIDE_PX = 1180, 260, 720
QWIDGETSIZE_MAX = 16_777_215  # of Qt; PySide does not name it
EMPTY = (
    "Five hundred students measure the same model, each with items of their own. What is true is "
    "set on this page, so that you can see who reports it. Predict first how many will, then press "
    "“Draw a class”."
)


class ClinicClass(QWidget):
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._tokens = Tokens()
        self._looking: Job | None = None
        self.lesson: Lesson | None = None
        self.form = ClinicForm()
        self.draw_button = button("Draw a class", "primary")
        self.draw_button.clicked.connect(self.draw)
        self.state = words(EMPTY, "secondary")
        self.finding = words("", "title")
        self.charts = [ChartView(context.jobs, context.notices) for _ in range(2)]
        self.student = QSpinBox()
        self.student.setAccessibleName("Student")
        self.student.setPrefix("Student ")
        keep_still(self.student)
        self.student.valueChanged.connect(self._look)
        self._results = self._make_results()
        self._lay_out()

    def draw(self) -> None:
        """Ask everybody anew."""
        values = self.form.values()
        self.draw_button.setEnabled(False)
        self._say("Drawing the answers of every student…")
        job = self._context.jobs.start(lambda _: draw_class(values), "Drawing a class")
        job.finished.connect(self._on_drawn)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_stopped)
        job.ended.connect(self._on_ended)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._inside.setMaximumWidth(tokens.px(MOST_PX))
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    # ---- what comes back -------------------------------------------------------------------

    def _on_drawn(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._say("")
        self.finding.setText(lesson.finding.sentence)
        clear(self._may_not)
        for sentence in lesson.finding.may_not:
            self._may_not.addWidget(words(f"•  {sentence}", "secondary"))
        for view, chart in zip(self.charts, lesson.charts, strict=True):
            view.show_chart(chart, simulated=True)
        self._spread_words.setText(lesson.charts[1].finding)
        clear(self._table)
        self._table.addWidget(TableGrid(turned(lesson.table)))
        with QSignalBlocker(self.student):
            self.student.setRange(1, lesson.found.setting.students)
            self.student.setValue(1)
        self._show_student(lesson.first)
        self._results.show()
        self._context.theme.hand_to(self._results)

    def _on_stopped(self) -> None:
        self._say("Stopped.")

    def _on_ended(self) -> None:
        self.draw_button.setEnabled(True)

    def _on_failed(self, error: UserError) -> None:
        self._results.hide()
        self._say(str(error), "danger")

    def _look(self, number: int) -> None:
        if self.lesson is None:
            return
        found = self.lesson.found
        job = self._context.jobs.start(lambda _: look_at(found, number - 1))
        self._looking = job  # the one before it is about another student
        job.finished.connect(self._on_looked)
        job.failed.connect(self.failed)

    def _on_looked(self, table: Table) -> None:
        if self.sender() is self._looking:
            self._show_student(table)

    def _show_student(self, table: Table) -> None:
        self._verdict.setText(table.title.partition(": ")[2])
        clear(self._one)
        self._one.addWidget(TableGrid(table))

    def _say(self, sentence: str, role: str = "secondary") -> None:
        self.state.setText(sentence)
        self.state.setVisible(bool(sentence))
        set_role(self.state, role)

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inside = self._inside = QWidget()
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, inside)
        self._sides.setContentsMargins(24, 16, 24, 24)
        self._sides.setSpacing(24)
        self._left, left = card()
        left.addWidget(words("What is true", "heading"))
        left.addWidget(words(
            "The last format has the drop, the first is the baseline. Every student draws items "
            "of their own.", "small",
        ))  # fmt: skip
        left.addWidget(self.form)
        left.addWidget(self.draw_button)
        beside = QVBoxLayout()
        beside.addWidget(self._left)
        beside.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.state)
        right.addWidget(self._results)
        right.addStretch(1)
        self._results.hide()
        self._sides.addLayout(beside)
        self._sides.addLayout(right, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "A class of students"))

    def _make_results(self) -> QWidget:
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._may_not, self._table, self._one = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._may_not.setSpacing(4)
        self._spread_words = words("", "secondary")
        self._verdict = words("", "secondary")
        column.addLayout(row_of(badge("SIMULATED", "warning"), stretch=-1))
        column.addWidget(self.finding)
        column.addWidget(words("What this does not show", "heading"))
        column.addLayout(self._may_not)
        column.addWidget(self.charts[0])
        column.addWidget(self.charts[1])
        column.addWidget(self._spread_words)
        column.addWidget(words("The same truth with more items", "heading"))
        column.addLayout(self._table)
        column.addWidget(words("One student", "heading"))
        column.addLayout(row_of(self.student, self._verdict, stretch=1, spacing=12))
        column.addLayout(self._one)
        for view in self.charts:
            view.failed.connect(self.failed)
        return results

    def _share_room(self) -> None:
        beside = self.width() >= self._tokens.px(BESIDE_PX)
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(way)
        width = self._tokens.px(FORM_PX)
        self._left.setMinimumWidth(width if beside else 0)
        self._left.setMaximumWidth(width if beside else QWIDGETSIZE_MAX)
