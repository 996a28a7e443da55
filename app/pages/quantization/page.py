"""What a model loses and gains when its weights get fewer bits."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget

from app.context import AppContext
from app.pages.page import Artifact, Page
from app.pages.quantization.block_tab import BlockTab
from app.pages.quantization.late_tab import LateTab
from app.pages.quantization.places import BLOCK, COMPARE
from models.errors import UserError

if TYPE_CHECKING:
    from app.pages.quantization.compare_tab import CompareTab

def load_compare() -> Generator[str, None, type[CompareTab]]:
    """It stands on numpy and scipy, which take seconds: never in the window's thread."""
    yield "Loading the comparison"
    from app.pages.quantization.compare_tab import CompareTab

    return CompareTab


class QuantizationPage(Page):
    title = "Quantization"
    icon = "scales"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.compare = LateTab["CompareTab"](context, load_compare)
        self.block = BlockTab(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Quantization")
        self.tabs.addTab(self.compare, "Compare")
        self.tabs.addTab(self.block, "One block")
        self.content.addWidget(self.tabs)
        self.compare.failed.connect(self.show_error)
        self.compare.when_ready(self._on_compare)
        self.block.failed.connect(self.show_error)
        self.block.went_well.connect(self.clear_error)
        self.tabs.currentChanged.connect(lambda _index: self.activate())

    def artifacts(self) -> tuple[Artifact, ...]:
        return (Artifact("quantization_decision.json", self._decision), self.block.artifact())

    def activate(self) -> None:
        if self.tabs.currentWidget() is self.block:
            self.block.activate()
        elif self.tabs.currentWidget() is self.compare and self.compare.tab is not None:
            self.compare.tab.activate()

    def open_target(self, target: str) -> None:
        """ "compare" shows what a file costs, "block" 32 weights on their way to codes."""
        tabs = {COMPARE: self.compare, BLOCK: self.block}
        if target in tabs:
            self.tabs.setCurrentWidget(tabs[target])

    # ---- comparing -------------------------------------------------------------------------

    def _on_compare(self, tab: CompareTab) -> None:
        tab.failed.connect(self.show_error)
        tab.went_well.connect(self.clear_error)
        tab.activate()

    def _decision(self) -> str:
        if self.compare.tab is None:
            raise UserError("No comparison is shown.", "Make one, or open one that is kept.")
        return self.compare.tab.decision()
