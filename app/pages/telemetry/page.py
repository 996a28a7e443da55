"""The machine beside what its models do, and how fast they could be."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QTabWidget, QWidget

from app.context import AppContext
from app.late_tab import LateTab
from app.pages.page import Artifact, Command, Page
from app.pages.telemetry.live_tab import LiveTab
from app.pages.telemetry.places import BENCHMARK, LIMIT, LIVE, LOADS, REQUESTS
from app.pages.telemetry.request_axis import request_bands, token_series
from models.engine.phases import TracedRequest
from models.errors import UserError

if TYPE_CHECKING:
    from app.pages.telemetry.benchmark_tab import BenchmarkTab
    from app.pages.telemetry.limit_tab import LimitTab
    from app.pages.telemetry.loads_tab import LoadsTab
    from app.pages.telemetry.requests_tab import RequestsTab


Tab = TypeVar("Tab")


def load_requests() -> Generator[str, None, type[RequestsTab]]:
    yield "Loading the requests"
    from app.pages.telemetry.requests_tab import RequestsTab

    return RequestsTab


def load_loads() -> Generator[str, None, type[LoadsTab]]:
    yield "Loading the loads"
    from app.pages.telemetry.loads_tab import LoadsTab

    return LoadsTab


def load_benchmark() -> Generator[str, None, type[BenchmarkTab]]:
    yield "Loading the benchmark"
    from app.pages.telemetry.benchmark_tab import BenchmarkTab

    return BenchmarkTab


def load_limit() -> Generator[str, None, type[LimitTab]]:
    yield "Loading the speed limit"
    from app.pages.telemetry.limit_tab import LimitTab

    return LimitTab


class TelemetryPage(Page):
    title = "Telemetry"
    icon = "pulse"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.live = LiveTab(
            context,
            lambda: context.sampler.readings,
            lambda start_s, end_s: request_bands(self._requests(), start_s, end_s),
            lambda times: token_series(self._requests(), times),
        )
        self.requests = LateTab["RequestsTab"](context, load_requests)
        self.loads = LateTab["LoadsTab"](context, load_loads)
        self.benchmark = LateTab["BenchmarkTab"](context, load_benchmark)
        self.limit = LateTab["LimitTab"](context, load_limit)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Telemetry")
        self.tabs.addTab(self.live, "Live")
        self.tabs.addTab(self.requests, "Requests")
        self.tabs.addTab(self.loads, "Loads")
        self.tabs.addTab(self.benchmark, "Benchmark")
        self.tabs.addTab(self.limit, "Speed limit")
        self.content.addWidget(self.tabs)
        for tab in (self.live, self.requests, self.loads, self.benchmark, self.limit):
            tab.failed.connect(self.show_error)
        self.live.went_well.connect(self.clear_error)
        self.requests.when_ready(lambda tab: tab.failed.connect(self.show_error))
        self.loads.when_ready(lambda tab: tab.failed.connect(self.show_error))
        for late in (self.benchmark, self.limit):
            late.when_ready(self._listen)

    def commands(self) -> list[Command]:
        return [
            Command("Save the last ten minutes of the sensors…", "", self.live.ask_where_to_save),
            Command("Export the last requests as CSV…", "", partial(self._export, self.requests)),
            Command("Export the loads as CSV…", "", partial(self._export, self.loads)),
        ]

    def artifacts(self) -> tuple[Artifact, ...]:
        return (
            Artifact("readings.csv", self.live.as_table),
            Artifact("requests.csv", lambda: _there(self.requests.tab).as_table()),
            Artifact("loads.csv", lambda: _there(self.loads.tab).as_table()),
            Artifact("benchmark_results.json", lambda: _there(self.benchmark.tab).as_document()),
            Artifact("capacity_estimate.json", lambda: _there(self.limit.tab).as_document()),
        )

    def part(self, target: str) -> QWidget | None:
        """ "live" shows the sensors of the machine, "requests" what models were asked, "loads" what
        they took of the memory, "benchmark" how fast they are, "limit" how fast they can be."""
        tabs: dict[str, QWidget] = {LIVE: self.live, REQUESTS: self.requests, LOADS: self.loads,
                BENCHMARK: self.benchmark, LIMIT: self.limit}  # fmt: skip
        return tabs.get(target)

    def open_target(self, target: str) -> None:
        if (part := self.part(target)) is not None:
            self.tabs.setCurrentWidget(part)

    def _listen(self, tab: BenchmarkTab | LimitTab) -> None:
        tab.failed.connect(self.show_error)
        tab.went_well.connect(self.clear_error)

    def _export(self, late: LateTab[Any]) -> None:
        self.tabs.setCurrentWidget(late)
        late.when_ready(lambda tab: tab.table.ask_export())

    def _requests(self) -> list[TracedRequest]:
        return [cost.request for cost in self.context.journal.costs]


def _there(tab: Tab | None) -> Tab:
    """Raises UserError while there is nothing to keep."""
    if tab is None:
        raise UserError("Nothing is shown there yet.", "Open the tab first.")
    return tab
