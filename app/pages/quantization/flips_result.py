"""What a flip comparison found: rates in both directions, the net, the limits, and the answers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.quantization.flip_detail import FlipDetail
from app.pages.quantization.flip_list import FlipList
from app.pages.quantization.flips_work import FlipRow, Found
from app.widgets.chart.chart_card import ChartCard
from app.widgets.number_cards import NumberCards
from app.widgets.parts import badge, button, clear, row_of, words
from app.widgets.still import keep_still
from labs.quantization.flip_sides import lane_title
from labs.quantization.flip_words import headline, label_sentence, may_not, net_sentence, rates
from models.errors import UserError


class FlipsResult(QWidget):
    """`lane_chosen` carries the lane that should count; `run_asked` the folder of a side;
    `opened` comes with each answer that is shown whole."""

    lane_chosen = Signal(str)
    run_asked = Signal(object)
    opened = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.found: Found | None = None
        self.lane = QComboBox()
        self.lane.setAccessibleName("What counts as an answer")
        keep_still(self.lane)
        self.simulated = badge("SIMULATED", "warning")
        self.control = badge("CONTROL: THE SAME FILE TWICE", "neutral")
        self.headline = words("", "title")
        self.net = words("")
        self.cards = NumberCards()
        self._limits, self._reading = QVBoxLayout(), QVBoxLayout()
        self.chart = ChartCard(context.jobs, context.notices, "the chart of formats")
        self.chart.chart.failed.connect(self.failed)
        self.list, self.detail = FlipList(), FlipDetail()
        self.run_button = button("Open the run in Labs", "link")
        self._lay_out()
        self.lane.activated.connect(lambda _at: self.lane_chosen.emit(self.lane.currentData()))
        self.list.chosen.connect(self._on_chosen)
        self.list.failed.connect(self.failed)
        self.detail.closed.connect(self.detail.hide)
        self.detail.closed.connect(self.list.choose_nothing)
        self.run_button.clicked.connect(self._on_run)

    def show_found(self, found: Found) -> None:
        self.found = found
        self._show_lanes(found)
        self.simulated.setVisible(found.is_simulated)
        self.control.setVisible(found.is_control)
        self.headline.setText(headline(found.flips, found.names))
        acting = str(found.sides[0].plan.design.get("acting", ""))
        said = label_sentence(found.flips, found.names, acting)
        self.net.setText(f"{net_sentence(found.flips, found.names)} {said}".strip())
        self.cards.show_numbers(rates(found.flips, found.names))
        _fill(self._limits, may_not(found.flips, found.names, is_control=found.is_control))
        _fill(self._reading, found.notes)
        self.chart.setVisible(bool(found.flips.n_clear))
        self.chart.chart.show_chart(found.chart, simulated=found.is_simulated)
        self.list.show_found(found)
        self.list.setVisible(bool(found.rows))
        self._list_head.setVisible(bool(found.rows))
        self.detail.hide()

    def _show_lanes(self, found: Found) -> None:
        self.lane.blockSignals(True)
        self.lane.clear()
        for lane in found.lanes:
            self.lane.addItem(lane_title(lane), lane)
        self.lane.setCurrentIndex(found.lanes.index(found.lane))
        self.lane.blockSignals(False)

    def _on_chosen(self, row: FlipRow) -> None:
        if self.found is None:
            raise UserError("Nothing has been compared yet.")
        self.detail.show_flip(self.found, row)
        self.detail.show()
        self.opened.emit()

    def _on_run(self) -> None:
        if self.found is not None:
            self.run_asked.emit(self.found.sides[0].path)

    def _lay_out(self) -> None:
        self._list_head = words("Answers that changed", "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(12)
        column.addLayout(row_of(words("What counts", "secondary", wrap=False), self.lane,
                                self.simulated, self.control, stretch=-1))  # fmt: skip
        column.addWidget(self.headline)
        column.addWidget(self.cards)
        column.addWidget(self.net)
        column.addWidget(words("What may not be concluded", "heading"))
        column.addLayout(self._limits)
        column.addWidget(self.chart)
        column.addWidget(self._list_head)
        column.addWidget(self.list)
        column.addWidget(self.detail)
        column.addWidget(words("How the trials were read", "heading"))
        column.addLayout(self._reading)
        column.addLayout(row_of(self.run_button, stretch=-1))
        column.addStretch(1)


def _fill(column: QVBoxLayout, sentences: tuple[str, ...]) -> None:
    clear(column)
    for sentence in sentences:
        column.addWidget(words(sentence, "secondary"))
