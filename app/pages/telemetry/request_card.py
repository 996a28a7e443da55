"""The request that is chosen: what it took, and its stretch of the time axis."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.telemetry.chart_grid import ChartGrid
from app.pages.telemetry.request_axis import (
    READ,
    TOKENS_A_SECOND,
    WRITTEN,
    request_bands,
    token_series,
)
from app.pages.telemetry.request_words import (
    energy_lines,
    heading_text,
    phase_lines,
    trial_lines,
)
from app.widgets.parts import words
from app.widgets.time_chart import DrawingTurns, Series, TimeChart, Unit
from labs.telemetry.journal import Cost
from labs.telemetry.per_token import RUNNING
from labs.telemetry.power import domains_of
from models.engine.phases import TracedRequest
from models.hardware.reading import Reading

MARGIN_S = 4.0  # of the time before and after the request
LEAST_STEP_S, MOST_STEPS = 0.25, 1200
LONG_AGO = "Readings of the sensors are kept for ten minutes: what is older has its tokens only."
CHOOSE = "Choose a request to see its stretch of time."
SEVERAL = "Choose several requests to see their means."
PERCENT, WATTS, BYTES = Unit("%", top=100), Unit("W", least_top=10), Unit("B", least_top=1e9)


class RequestCard(QWidget):
    """Words above, charts below; the charts share one pointer."""

    failed = Signal(object)

    def __init__(self, context: AppContext, name_of: Callable[[str], str]) -> None:
        super().__init__()
        self._context, self._name_of = context, name_of
        self._shown: tuple[Cost, ...] | None = None
        self.heading = words("", "heading")
        self.lines = words("")
        self.note = words("", "small")
        turns = DrawingTurns(self)
        self.charts = {
            name: TimeChart(title, unit, self, turns)
            for name, title, unit in (
                ("written", WRITTEN, TOKENS_A_SECOND), ("read", READ, TOKENS_A_SECOND),
                ("power", "Power", WATTS), ("cpu", "Processor", PERCENT),
                ("memory", "Memory", BYTES),
            )
        }  # fmt: skip
        self.grid = ChartGrid()
        self._lay_out()
        self.show_costs(())

    def show_costs(self, costs: Sequence[Cost]) -> None:
        """One request with its charts, several as their means, none as a hint."""
        if tuple(costs) == self._shown:
            return
        self._shown = tuple(costs)
        one = costs[0] if len(costs) == 1 else None
        self.grid.setVisible(one is not None)
        self.heading.setVisible(bool(costs))
        if one is not None:
            self._show_one(one)
        elif costs:
            self._show_several(costs)
        else:
            self.heading.setText("")
            self.lines.setText(CHOOSE)
            self.note.setText("")

    # ---- one -----------------------------------------------------------------------------------

    def _show_one(self, cost: Cost) -> None:
        request = cost.request
        self.heading.setText(heading_text(request, self._name_of(request.model)))
        lines = [*phase_lines(request, cost.others_cores), *energy_lines(cost)]
        self.lines.setText("\n".join(lines) or RUNNING)
        self._draw(request)

    def _draw(self, request: TracedRequest) -> None:
        start, end = request.start_s - MARGIN_S, request.end_s + MARGIN_S
        readings = [r for r in self._context.sampler.readings if start - 1 <= r.time <= end + 1]
        is_whole = bool(readings) and readings[0].time <= request.start_s + MARGIN_S
        self.note.setText(SEVERAL if is_whole else LONG_AGO)
        end = min(end, max(readings[-1].time, request.end_s)) if readings else end
        known = {each.request.number: each.request for each in self._context.journal.costs}
        around = list({request.number: request, **known}.values())
        bands = request_bands(around, start, end)
        step_s = max(LEAST_STEP_S, (end - start) / MOST_STEPS)
        times = [start + step_s * i for i in range(round((end - start) / step_s) + 1)]
        written, read = token_series(around, times)
        shown = {"written": [written], "read": [read], **_lines(readings)}
        for name, series in shown.items():
            self.charts[name].show_series(series, bands, start_s=start, end_s=end, is_live=False)
        self.grid.show_charts([self.charts[name] for name, series in shown.items() if series])

    # ---- several -------------------------------------------------------------------------------

    def _show_several(self, costs: Sequence[Cost]) -> None:
        self.heading.setText(f"{len(costs):,} requests")
        self.lines.setText("Working out their means…")
        self.note.setText("")
        chosen = self._shown

        def show(lines: list[str]) -> None:
            if self._shown is chosen:
                self.lines.setText("\n".join(lines))

        job = self._context.jobs.start(lambda _: _means(costs))
        job.finished.connect(show)
        job.failed.connect(self.failed)

    # ---- building ------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for chart in self.charts.values():
            chart.hide()
            chart.pointed.connect(self._point)
            chart.failed.connect(self.failed)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(6)
        for widget in (self.heading, self.lines, self.note):
            column.addWidget(widget)
        column.addWidget(self.grid)
        column.addStretch(1)

    def _point(self, age_s: float | None) -> None:
        for chart in self.charts.values():
            chart.point_at(age_s)


def _lines(readings: Sequence[Reading]) -> dict[str, list[Series]]:
    """What of the machine belongs beside a request; power only where a sensor tells it."""
    if not readings:
        return {}
    times = [reading.time for reading in readings]
    power = [
        Series(each.name, [s.time_s for s in each.watts], [s.value for s in each.watts])
        for each in domains_of(readings) if each.watts
    ]  # fmt: skip
    return {
        "power": power,
        "cpu": [Series("Processor", times, [r.cpu_percent.value for r in readings])],
        "memory": [Series("Memory", times, [r.memory_used_bytes.value for r in readings])],
    }


def _means(costs: Sequence[Cost]) -> Generator[str, None, list[str]]:
    yield "Working out means"
    return trial_lines(costs)
