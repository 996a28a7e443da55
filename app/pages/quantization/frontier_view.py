"""Divergence over speed: which files no other one beats."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.widgets.chart.chart_card import ChartCard
from app.widgets.parts import words
from labs.quantization.comparison import Comparison
from labs.quantization.frontier import frontier

NO_SPEED = (
    "There is no frontier without speeds: they were not measured, or not to the end. Compare "
    "again with “Measure how fast each writes, too”."
)


class FrontierView(QWidget):
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.card = ChartCard(context.jobs, context.notices, "the frontier")
        self.no_chart = words(NO_SPEED, "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        column.addWidget(self.no_chart)
        column.addStretch(1)
        self.card.chart.failed.connect(self.failed)

    def show_comparison(self, comparison: Comparison) -> None:
        chart = frontier(comparison)
        self.card.setVisible(chart is not None)
        self.no_chart.setVisible(chart is None)
        if chart is not None:
            self.card.chart.show_chart(chart, simulated=False)
