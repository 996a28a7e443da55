"""What a model loses and gains when its weights get fewer bits."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.late_tab import LateTab
from app.pages.page import Artifact, Command, Page
from app.pages.quantization.places import BLOCK, COMPARE, FLIPS, MAKE, PLACES
from app.widgets.page_tabs import PageTabs
from models.errors import UserError

if TYPE_CHECKING:
    from app.pages.quantization.block_tab import BlockTab
    from app.pages.quantization.compare_tab import CompareTab
    from app.pages.quantization.flips_tab import FlipsTab
    from app.pages.quantization.make_tab import MakeTab


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


def load_make() -> Generator[str, None, type[MakeTab]]:
    """A tenth of a second, which the opening of the page would be late by."""
    yield "Loading what can be made"
    from app.pages.quantization.make_tab import MakeTab

    return MakeTab


def load_block() -> Generator[str, None, type[BlockTab]]:
    """As `load_make`."""
    yield "Loading the view of a block"
    from app.pages.quantization.block_tab import BlockTab

    return BlockTab


class QuantizationPage(Page):
    title = "Quantization"
    icon = "scales"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.compare = LateTab["CompareTab"](context, load_compare)
        self.make = LateTab["MakeTab"](context, load_make)
        self.flips = LateTab["FlipsTab"](context, load_flips)
        self.block = LateTab["BlockTab"](context, load_block)
        self.tabs = PageTabs("Quantization")
        self.tabs.addTab(self.compare, "Compare")
        self.tabs.addTab(self.make, "Make")
        self.tabs.addTab(self.flips, "Flipped answers")
        self.tabs.addTab(self.block, "One block")
        self.content.addWidget(self.tabs)
        for late in (self.compare, self.make, self.flips, self.block):
            late.failed.connect(self.show_error)
        self.compare.when_ready(self._on_compare)
        self.make.when_ready(self._on_make)
        self.flips.when_ready(self._listen)
        self.block.when_ready(self._listen)
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
            Artifact("one-block.csv", self._one_block),
        )

    def activate(self) -> None:
        for late in (self.compare, self.make, self.flips, self.block):
            if late.tab is not None and self.tabs.currentWidget() is late:
                late.tab.activate()

    def part(self, target: str) -> QWidget | None:
        """ "compare" shows what a file costs, "make" what it could become, "flips" which answers
        change, "block" 32 weights on their way to codes."""
        tabs: dict[str, QWidget] = {
            COMPARE: self.compare, MAKE: self.make, FLIPS: self.flips, BLOCK: self.block,
        }  # fmt: skip
        return tabs.get(target)

    def open_target(self, target: str) -> None:
        if (part := self.part(target)) is not None:
            self.tabs.setCurrentWidget(part)

    # ---- what a tab has when it is there ---------------------------------------------------

    def _listen(self, tab: CompareTab | MakeTab | FlipsTab | BlockTab) -> None:
        tab.failed.connect(self.show_error)
        tab.went_well.connect(self.clear_error)
        tab.activate()

    def _on_compare(self, tab: CompareTab) -> None:
        self._listen(tab)
        tab.make_asked.connect(self._make_of)

    def _on_make(self, tab: MakeTab) -> None:
        self._listen(tab)
        tab.compare_asked.connect(self._compare_made)

    def _compare_made(self, source: str, made: str) -> None:
        self.tabs.setCurrentWidget(self.compare)
        self.compare.when_ready(lambda tab: tab.choose(source, (made,)))

    def _make_of(self, model: str) -> None:
        self.tabs.setCurrentWidget(self.make)
        self.make.when_ready(lambda tab: None if tab.is_busy else tab.choose(model))

    # ---- what a lab sheet keeps ------------------------------------------------------------

    def _decision(self) -> str:
        if self.compare.tab is None:
            raise UserError("No comparison is shown.", "Make one, or open one that is kept.")
        return self.compare.tab.decision()

    def _flipped(self) -> str:
        if self.flips.tab is None:
            raise UserError("Nothing has been compared yet.", "Open the tab Flipped answers first.")
        return self.flips.tab.as_text()

    def _one_block(self) -> str:
        if self.block.tab is None:
            raise UserError("No block is shown yet.", "Open the tab One block first.")
        return self.block.tab.as_text()
