"""What a model loses and gains when its weights get fewer bits."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

from app.context import AppContext
from app.pages.page import Artifact, Page
from app.pages.quantization.block_tab import BlockTab
from app.pages.quantization.places import BLOCK


class QuantizationPage(Page):
    title = "Quantization"
    icon = "scales"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.block = BlockTab(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Quantization")
        self.tabs.addTab(self.block, "One block")
        self.content.addWidget(self.tabs)
        self.block.failed.connect(self.show_error)
        self.block.went_well.connect(self.clear_error)
        self.tabs.currentChanged.connect(lambda _index: self.activate())

    def artifacts(self) -> tuple[Artifact, ...]:
        return (self.block.artifact(),)

    def activate(self) -> None:
        if self.tabs.currentWidget() is self.block:
            self.block.activate()

    def open_target(self, target: str) -> None:
        """ "block" shows 32 weights on their way to codes."""
        tabs = {BLOCK: self.block}
        if target in tabs:
            self.tabs.setCurrentWidget(tabs[target])
