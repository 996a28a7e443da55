"""A chart on a card, with the button that copies and saves it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.jobs import JobRunner
from app.notices import Notices
from app.widgets.chart.chart_view import ChartView
from app.widgets.icons import IconButton


class ChartCard(QFrame):
    def __init__(self, jobs: JobRunner, notices: Notices, name: str = "the chart") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.chart = ChartView(jobs, notices)
        self._more = IconButton("dots-three", f"Copy or save {name}")
        self._more.clicked.connect(self._open_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 8, 4)
        row.setSpacing(0)
        row.addWidget(self.chart, 100)
        row.addStretch(1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)

    def _open_menu(self) -> None:
        self.chart.open_menu(self._more.mapToGlobal(QPoint(0, self._more.height())))
