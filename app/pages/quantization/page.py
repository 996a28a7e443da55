"""What a model loses and gains when its weights get fewer bits."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

from app.context import AppContext
from app.pages.page import Page


class QuantizationPage(Page):
    title = "Quantization"
    icon = "scales"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Quantization")
        self.content.addWidget(self.tabs)
