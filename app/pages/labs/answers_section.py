"""The grid of answers with its filters."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.pages.labs.grid_data import FILTERS, Grid
from app.pages.labs.grid_view import GridView
from app.widgets.parts import button, row_of, words
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from labs.experiments.design import LANE_TITLES


class AnswersSection(QWidget):
    """`opened` carries the record of a cell."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._grid: Grid | None = None
        self.lane = QComboBox()
        self.lane.setAccessibleName("Lane")
        self.filter = QComboBox()
        self.filter.setAccessibleName("Which answers")
        for name, title in FILTERS.items():
            self.filter.addItem(title, name)
        for box in (self.lane, self.filter):
            keep_still(box)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.search = QLineEdit(placeholderText="Search items")
        self.search.setAccessibleName("Search items")
        self.search.setClearButtonEnabled(True)
        self.count = words("", "small", wrap=False)
        self.all_button = button("Show all answers", "link")
        self.all_button.clicked.connect(self.show_all)
        self.view = GridView()
        self.view.opened.connect(self.opened)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row_of(self.filter, self.lane, self.search, stretch=2))
        column.addLayout(row_of(self.count, self.all_button, stretch=-1))
        column.addWidget(self.view)
        self.lane.currentIndexChanged.connect(self._on_lane)
        self.filter.currentIndexChanged.connect(self._on_filter)
        self.search.textChanged.connect(self._on_filter)

    def show_grid(self, grid: Grid, lane: str) -> None:
        self._grid = grid
        with QSignalBlocker(self.lane):
            self.lane.clear()
            for name in grid.lanes:
                self.lane.addItem(LANE_TITLES.get(name, name).capitalize(), name)
            self.lane.setCurrentIndex(max(0, self.lane.findData(lane)))
        self._on_lane()

    def show_all(self) -> None:
        """Without filter and search."""
        self.filter.setCurrentIndex(0)
        self.search.clear()

    def setTokens(self, tokens: Tokens) -> None:
        self.view.setTokens(tokens)
        self.view.setFixedHeight(tokens.px(380))

    def _on_lane(self) -> None:
        if self._grid is not None:
            self.view.show_grid(self._grid, str(self.lane.currentData()))
            self._on_filter()

    def _on_filter(self) -> None:
        if self._grid is None:
            return
        self.view.show_filter(str(self.filter.currentData()), self.search.text())
        is_filtered = self.filter.currentIndex() > 0 or bool(self.search.text().strip())
        self.all_button.setVisible(is_filtered)
        self.count.setText(self._filtered_words() if is_filtered else self._all_words())

    def _all_words(self) -> str:
        assert self._grid is not None
        return (
            f"{len(self._grid.items):,} items, {len(self._grid.columns)} conditions. Click an "
            "answer to see exactly what was asked."
        )

    def _filtered_words(self) -> str:
        assert self._grid is not None
        answers, items = self.view.shown_answers, self.view.shown_items
        if not items:
            return "No answer is like that."
        noun = "answer" if answers == 1 else "answers"
        return f"{answers:,} {noun} in {items:,} of {len(self._grid.items):,} items"
