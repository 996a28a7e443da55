"""The machine beside what its models do, and how fast they could be."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

from app.context import AppContext
from app.pages.page import Artifact, Command, Page
from app.pages.telemetry.live_tab import LiveTab
from app.pages.telemetry.places import LIVE


class TelemetryPage(Page):
    title = "Telemetry"
    icon = "pulse"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.live = LiveTab(context, lambda: context.sampler.readings)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Telemetry")
        self.tabs.addTab(self.live, "Live")
        self.content.addWidget(self.tabs)
        self.live.failed.connect(self.show_error)

    def commands(self) -> list[Command]:
        return [
            Command("Save the last ten minutes of the sensors…", "", self.live.ask_where_to_save),
        ]

    def artifacts(self) -> tuple[Artifact, ...]:
        return (Artifact("readings.csv", self.live.as_table),)

    def open_target(self, target: str) -> None:
        """ "live" shows the sensors of the machine."""
        tabs = {LIVE: self.live}
        if target in tabs:
            self.tabs.setCurrentWidget(tabs[target])
