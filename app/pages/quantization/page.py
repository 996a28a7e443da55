"""What a model loses and gains when its weights get fewer bits."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QWidget

from app.context import AppContext
from app.late_tab import LateTab
from app.pages.page import Artifact, Command, Page
from app.pages.quantization.block_tab import BlockTab
from app.pages.quantization.make_tab import MakeTab
from app.pages.quantization.places import BLOCK, COMPARE, FLIPS, MAKE, PLACES
from models.errors import UserError

if TYPE_CHECKING:
    from app.pages.quantization.compare_tab import CompareTab
    from app.pages.quantization.flips_tab import FlipsTab


def load_compare() -> Generator[str, None, type[CompareTab]]:
    """It stands on numpy and scipy, which take seconds: never in the window's thread."""
    yield "Loading the comparison"
    from app.pages.quantization.compare_tab import CompareTab

    return CompareTab


def load_flips() -> Generator[str, None, type[FlipsTab]]:
    """As `load_compare`."""
    yield "Loading the flip explorer"
    from app.pages.quantization.flips_tab import FlipsTab

    return FlipsTab


class QuantizationPage(Page):
    title = "Quantization"
    icon = "scales"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.compare = LateTab["CompareTab"](context, load_compare)
        self.make = MakeTab(context)
        self.flips = LateTab["FlipsTab"](context, load_flips)
        self.block = BlockTab(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Quantization")
        self.tabs.addTab(self.compare, "Compare")
        self.tabs.addTab(self.make, "Make")
        self.tabs.addTab(self.flips, "Flipped answers")
        self.tabs.addTab(self.block, "One block")
        self.content.addWidget(self.tabs)
        self.compare.failed.connect(self.show_error)
        self.compare.when_ready(self._on_compare)
        self.make.failed.connect(self.show_error)
        self.make.went_well.connect(self.clear_error)
        self.make.compare_asked.connect(self._compare_made)
        self.flips.failed.connect(self.show_error)
        self.flips.when_ready(self._on_flips)
        self.block.failed.connect(self.show_error)
        self.block.went_well.connect(self.clear_error)
        self.tabs.currentChanged.connect(lambda _index: self.activate())

    def commands(self) -> list[Command]:
        return [
            Command(p.name, "", partial(self.open_target, p.target), p.detail, anywhere=True)
            for p in PLACES
        ]

    def artifacts(self) -> tuple[Artifact, ...]:
        return (
            Artifact("quantization_decision.json", self._decision),
            Artifact("flipped-answers.csv", self._flipped),
            self.block.artifact(),
        )

    def activate(self) -> None:
        if self.tabs.currentWidget() is self.block:
            self.block.activate()
        elif self.tabs.currentWidget() is self.make:
            self.make.activate()
        elif self.tabs.currentWidget() is self.flips and self.flips.tab is not None:
            self.flips.tab.activate()
        elif self.tabs.currentWidget() is self.compare and self.compare.tab is not None:
            self.compare.tab.activate()

    def open_target(self, target: str) -> None:
        """ "compare" shows what a file costs, "make" what it could become, "flips" which answers
        change, "block" 32 weights on their way to codes."""
        tabs: dict[str, QWidget] = {
            COMPARE: self.compare, MAKE: self.make, FLIPS: self.flips, BLOCK: self.block,
        }  # fmt: skip
        if target in tabs:
            self.tabs.setCurrentWidget(tabs[target])

    # ---- comparing -------------------------------------------------------------------------

    def _on_compare(self, tab: CompareTab) -> None:
        tab.failed.connect(self.show_error)
        tab.went_well.connect(self.clear_error)
        tab.make_asked.connect(self._make_of)
        tab.activate()

    def _compare_made(self, source: str, made: str) -> None:
        self.tabs.setCurrentWidget(self.compare)
        self.compare.when_ready(lambda tab: tab.choose(source, (made,)))

    def _make_of(self, model: str) -> None:
        if not self.make.is_busy:
            self.make.choose(model)
        self.tabs.setCurrentWidget(self.make)

    def _decision(self) -> str:
        if self.compare.tab is None:
            raise UserError("No comparison is shown.", "Make one, or open one that is kept.")
        return self.compare.tab.decision()

    # ---- flipped answers -------------------------------------------------------------------

    def _on_flips(self, tab: FlipsTab) -> None:
        tab.failed.connect(self.show_error)
        tab.went_well.connect(self.clear_error)
        tab.activate()

    def _flipped(self) -> str:
        if self.flips.tab is None:
            raise UserError("Nothing has been compared yet.", "Open the tab Flipped answers first.")
        return self.flips.tab.as_text()
