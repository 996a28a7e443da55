"""The machine beside what its models do, and how fast they could be."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

from app.context import AppContext
from app.pages.page import Page


class TelemetryPage(Page):
    title = "Telemetry"
    icon = "pulse"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Telemetry")
        self.content.addWidget(self.tabs)
