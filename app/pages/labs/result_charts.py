"""The charts of a result, one at a time: which others there are is said above it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.jobs import JobRunner
from app.notices import Notices
from app.widgets.chart.chart_card import ChartCard
from app.widgets.parts import row_of, words
from app.widgets.still import keep_still
from labs.experiments.charts import Chart


class ResultCharts(QWidget):
    """Drawn when it is chosen; the choice stays when another model of the run is shown."""

    failed = Signal(object)

    def __init__(self, jobs: JobRunner, notices: Notices) -> None:
        super().__init__()
        self._charts: tuple[Chart, ...] = ()
        self._simulated = False
        self.choice = QComboBox()
        self.choice.setAccessibleName("Chart")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setMinimumWidth(1)  # a long title is cut where there is no room for it
        keep_still(self.choice)
        self._count = words("", "small", wrap=False)
        card = ChartCard(jobs, notices)
        self.chart = card.chart
        self.chart.failed.connect(self.failed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row_of(self.choice, self._count, stretch=-1))
        column.addWidget(card)
        self.choice.currentIndexChanged.connect(self._draw)

    def show_charts(self, charts: Sequence[Chart], *, simulated: bool) -> None:
        chosen = self.choice.currentText()
        self._charts, self._simulated = tuple(charts), simulated
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self.choice.addItems([chart.title for chart in charts])
            self.choice.setCurrentIndex(max(0, self.choice.findText(chosen)))
        self._count.setText(f"one of {len(charts)} charts")
        for each in (self.choice, self._count):
            each.setVisible(len(charts) > 1)
        self.setVisible(bool(charts))
        self._draw()

    def _draw(self) -> None:
        if self._charts:
            chart = self._charts[self.choice.currentIndex()]
            self.chart.show_chart(chart, simulated=self._simulated)
