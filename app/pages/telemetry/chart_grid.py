"""Charts side by side, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.widgets.time_chart import TimeChart
from app.widgets.tokens import Tokens

CHART_PX, MOST_COLUMNS, GAP_PX = 340, 4, 24


class ChartGrid(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._tokens = Tokens()
        self._charts: tuple[TimeChart, ...] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP_PX)
        self._grid.setVerticalSpacing(GAP_PX)

    def show_charts(self, charts: Sequence[TimeChart]) -> None:
        """Exactly these, in this order."""
        if tuple(charts) != self._charts:
            for chart in set(self._charts) - set(charts):
                self._grid.removeWidget(chart)
                chart.hide()
            self._charts = tuple(charts)
            self._place(self._room())

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place(self._room())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._room() != self._columns:
            self._place(self._room())

    def _room(self) -> int:
        wanted = (self.width() + GAP_PX) // (self._tokens.px(CHART_PX) + GAP_PX)
        return max(1, min(wanted, MOST_COLUMNS))

    def _place(self, columns: int) -> None:
        for chart in self._charts:
            self._grid.removeWidget(chart)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for place, chart in enumerate(self._charts):
            self._grid.addWidget(chart, place // columns, place % columns)
            chart.show()
        self._columns = columns
