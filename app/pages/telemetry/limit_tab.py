"""The speed that memory allows, what was measured below it, and whether a model fits."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.telemetry import limit_work as work
from app.pages.telemetry.capacity_table import CapacityTable
from app.pages.telemetry.limit_work import MOST_FILES, Shown
from app.pages.telemetry.memory_card import MemoryCard
from app.pages.telemetry.model_choices import STARTER, ModelChoices
from app.widgets.chart.chart_card import ChartCard
from app.widgets.parts import button, card, clear, in_the_middle, row_of, scrolled, words
from app.widgets.tokens import Tokens
from labs.benchmark.capacity import document, free_words
from labs.benchmark.traffic import Traffic
from models.amounts import size_text
from models.errors import UserError

COLUMN_PX = 1040
SETTLE_MS = 150
TITLE = "How fast can it be?"
ABOUT = (
    "To write one token a machine reads all active weights once, and the attention cache of what "
    "stands before it. So memory sets a limit that no program can pass: bytes a second, divided by "
    "bytes a token."
)
NO_PREFILL = (
    "Reading a prompt is bounded by arithmetic instead, because many tokens share one reading of "
    "the weights. How much this machine can calculate at most is not measured, so no limit stands "
    "here for it."
)
NO_SPEED = "Measure this machine’s memory, or choose a maker’s figure, to see the limit."
FIT = "Will it fit?"
FIT_ABOUT = (
    "The rule of thumb knows neither the context nor what the engine needs; the sum counts both, "
    "with the settings this model is loaded with. * is longer than the model was trained on."
)


class LimitTab(QWidget):
    """`failed` carries a UserError."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._job: Job | None = None
        self._looked = False
        self.shown: Shown | None = None
        self.memory = MemoryCard(context)
        self.files = ModelChoices(context, MOST_FILES)
        self.chart = ChartCard(context.jobs, context.notices, "the chart of the limit")
        self.remark = words(NO_SPEED, "secondary")
        self.table = CapacityTable()
        self.free = words("", "secondary")
        self.copy = button("Copy", name="Copy the table as text with tabs")
        self.export = button("Export as CSV…", name="Export the table as CSV")
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._lay_out()
        self._connect_signals()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._looked:
            self._settle.start()  # replies and benchmarks may have come since
            return
        self._looked = True
        services, jobs = self._context.services, self._context.jobs
        machine = jobs.start(lambda _: work.look_at_machine(services))
        machine.finished.connect(self.memory.show_known)
        machine.failed.connect(self.failed)
        model = self._context.current_model.model or STARTER
        files = jobs.start(lambda _: work.family(services, model))
        files.finished.connect(lambda names: self.files.set_names(names or (STARTER,)))
        files.failed.connect(lambda _error: self.files.set_names((STARTER,)))

    def refresh(self) -> None:
        """Work everything out for what is chosen now."""
        self._settle.stop()
        names, speed = self.files.names, self.memory.speed
        if not names:
            return
        if self._job is not None:
            self._job.cancel()
        services = self._context.services
        requests = [cost.request for cost in self._context.journal.costs]
        self._job = job = self._context.jobs.start(
            lambda token: work.work_out(services, names, speed, requests, token)
        )
        job.finished.connect(self._on_shown)
        job.failed.connect(self._on_failed)

    def as_document(self) -> str:
        """For a lab sheet. Raises UserError while there is nothing to keep."""
        shown, speed = self.shown, self.memory.speed
        if shown is None or speed is None:
            raise UserError("There is no estimate yet.", NO_SPEED)
        bandwidth: dict[str, Any] = {"bytes_per_s": speed.bytes_per_s, "source": speed.words,
                                     "is_measured": speed.is_measured}  # fmt: skip
        if speed.is_measured and self.memory.kept is not None:
            bandwidth |= {"middle_half_bytes_per_s": speed.middle_half, **asdict(self.memory.kept)}
        measured = [
            {"name": limit.traffic.name, **asdict(dot)} for limit in shown.limits
            for dot in limit.dots
        ]  # fmt: skip
        told = document(shown.estimates, shown.traffics, bandwidth, measured, shown.told)
        return json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    def setTokens(self, tokens: Tokens) -> None:
        self._column.setMaximumWidth(tokens.px(COLUMN_PX))

    # ---- inside ----------------------------------------------------------------------------

    def _on_shown(self, shown: Shown) -> None:
        if self.sender() is not self._job:
            return
        self.shown = shown
        self.went_well.emit()
        self.table.show_estimates(shown.estimates)
        self.free.setText(free_words(shown.estimates))
        self.chart.setVisible(shown.chart is not None)
        self.remark.setVisible(shown.chart is None)
        if shown.chart is not None:
            self.chart.chart.show_chart(shown.chart, simulated=False)
        clear(self._told)
        for sentence in (*shown.told, *map(_bytes_words, shown.traffics)):
            self._told.addWidget(words(sentence))
        self._told.addWidget(words(NO_PREFILL, "secondary"))

    def _on_failed(self, error: UserError) -> None:
        if self.sender() is self._job:
            self.failed.emit(error)

    def _lay_out(self) -> None:
        self._column = QWidget()
        # Filled where it stands: a scroll area dresses what is put into it, and a parent again.
        area = scrolled(in_the_middle(self._column), "Speed limit")
        column = QVBoxLayout(self._column)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        column.addWidget(words(TITLE, "title"))
        column.addWidget(words(ABOUT, "secondary"))
        column.addWidget(self.memory)
        frame, inside = card(spacing=8)
        inside.addWidget(words("Models", "heading"))
        inside.addWidget(self.files)
        column.addWidget(frame)
        column.addWidget(self.remark)
        column.addWidget(self.chart)
        self._told = QVBoxLayout()
        self._told.setSpacing(8)
        column.addLayout(self._told)
        column.addSpacing(12)
        column.addLayout(row_of(words(FIT, "heading"), self.copy, self.export, stretch=0))
        column.addWidget(words(FIT_ABOUT, "secondary"))
        column.addWidget(self.table)
        column.addWidget(self.free)
        column.addStretch(1)
        self.chart.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _connect_signals(self) -> None:
        self._settle.timeout.connect(self.refresh)
        self.memory.changed.connect(self._settle.start)
        self.files.changed.connect(self._settle.start)
        self.copy.clicked.connect(self.table.copy_rows)
        self.export.clicked.connect(self.table.ask_export)
        for part in (self.memory, self.table, self.chart.chart):
            part.failed.connect(self.failed)


def _bytes_words(traffic: Traffic) -> str:
    """What a token of this file reads."""
    told = f"{traffic.name}: a token reads {size_text(traffic.read_bytes)} of weights"
    if past := traffic.past_bytes(1000):
        told += f", and {size_text(past)} for every 1,000 tokens before it"
    if traffic.experts:
        used, count = traffic.experts
        told += (
            f". {used} of {count} experts are asked; {size_text(traffic.resting_bytes)} of the "
            "others fill memory and are not read"
        )
    if traffic.rows_bytes:
        told += f". Of {size_text(traffic.rows_bytes)} of embeddings it takes one row"
    if traffic.is_rough:
        told += ". Some of its types are unknown and not counted"
    return f"{told}."
