"""Two runs, or two models of one, side by side: findings, charts, leading numbers, and one paired
sentence."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.labs.compare_work import Comparison, Pair, Side, compare
from app.widgets.chart.chart_card import ChartCard
from app.widgets.parts import (
    back_button,
    badge,
    hairline,
    in_the_middle,
    row_of,
    scrolled,
    words,
)
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from labs.experiments.report.words import around_text, counted_text, value_text
from labs.experiments.results import Number

MOST_PX = 1180
PLACES = ("first", "second")


class CompareView(QWidget):
    """Where a run has several models, a box chooses which of them is compared."""

    left = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._pair: Pair | None = None
        self._job: Job | None = None
        self.title = words("", "title")
        self.paired = words("", "heading")
        self.boxes = tuple(self._model_box(place) for place in PLACES)
        self._cards = tuple(
            ChartCard(context.jobs, context.notices, f"the {place} chart") for place in PLACES
        )
        self.charts = tuple(card.chart for card in self._cards)
        for chart in self.charts:
            chart.failed.connect(self.failed)
        self._heads = [(words("", "heading"), words("", "small"), words("", "secondary"),
                        badge("SIMULATED", "warning")) for _ in PLACES]  # fmt: skip
        self._table = QWidget()
        self._lay_out()

    def show_pair(self, pair: Pair) -> None:
        self._pair = pair
        self.title.setText("Two models of one run" if pair.is_one_run else "Two runs side by side")
        for box, run, model in zip(self.boxes, pair.runs, pair.matching(), strict=True):
            with QSignalBlocker(box):
                box.clear()
                box.addItems(list(run.plan.models))
                box.setCurrentText(model)
            box.setVisible(box.count() > 1)
        self.paired.setText("")
        self._compare()

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    # ---- inside ----------------------------------------------------------------------------

    def _compare(self) -> None:
        pair = self._pair
        if pair is None:
            return
        models = (self.boxes[0].currentText(), self.boxes[1].currentText())
        self._job = self._context.jobs.start(lambda _: compare(pair, models))
        self._job.finished.connect(self._on_compared)
        self._job.failed.connect(self.failed)

    def _on_compared(self, found: Comparison) -> None:
        if self.sender() is not self._job:
            return
        self.paired.setText(found.paired)
        for place, side in enumerate(found.sides):
            self._show_side(place, side)
        fresh = _table(found)
        self._column.replaceWidget(self._table, fresh)
        self._table.hide()
        self._table.deleteLater()
        self._table = fresh
        self._context.theme.hand_to(self)

    def _show_side(self, place: int, side: Side) -> None:
        title, when, finding, simulated = self._heads[place]
        title.setText(side.title)
        when.setText(side.when)
        finding.setText(side.finding)
        simulated.setVisible(side.is_simulated)
        chart = self.charts[place]
        self._cards[place].setVisible(side.chart is not None)
        if side.chart is not None:
            chart.show_chart(side.chart, simulated=side.is_simulated)

    def _model_box(self, place: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Model of the {place} run")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.currentIndexChanged.connect(self._compare)
        keep_still(box)
        return box

    def _lay_out(self) -> None:
        back = back_button("My runs")
        back.clicked.connect(self.left)
        inside = self._inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(24, 12, 24, 24)
        self._column.setSpacing(12)
        self._column.addLayout(row_of(back, stretch=-1))
        self._column.addWidget(self.title)
        self._column.addWidget(self.paired)
        self._column.addLayout(self._sides())
        self._column.addWidget(self._table)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "Two runs side by side"))

    def _sides(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        left, top = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignTop
        for column, (title, when, finding, simulated) in enumerate(self._heads):
            grid.addWidget(title, 0, column)
            grid.addWidget(when, 1, column)
            grid.addWidget(self.boxes[column], 2, column, left)
            grid.addWidget(simulated, 3, column, left)
            grid.addWidget(finding, 4, column, top)
            grid.addWidget(self._cards[column], 5, column, top)
            grid.setColumnStretch(column, 1)
        return grid


def _table(found: Comparison) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 8, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(8)
    top = Qt.AlignmentFlag.AlignTop
    for column, side in enumerate(found.sides, start=1):
        grid.addWidget(words(side.title, "small"), 0, column)
    for place, title in enumerate(found.titles):
        row = 2 * place + 1
        grid.addWidget(hairline(), row, 0, 1, 3)
        grid.addWidget(words(title, "secondary"), row + 1, 0, top)
        for column, side in enumerate(found.sides, start=1):
            grid.addWidget(_cell(side.numbers.get(title)), row + 1, column, top)
    for column, stretch in enumerate((4, 3, 3)):
        grid.setColumnStretch(column, stretch)
    return table


def _cell(number: Number | None) -> QWidget:
    if number is None:
        return words("–")
    around = "; ".join(filter(None, (around_text(number), counted_text(number))))
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(words(value_text(number)))
    column.addWidget(words(around or number.reason, "small"))
    return inside
