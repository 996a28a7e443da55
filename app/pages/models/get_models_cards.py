"""The short list of models to begin with, as cards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.pages.models.fit_panel import FitDot
from app.widgets.fit_mark import fit_word
from app.widgets.parts import words
from app.widgets.tokens import Tokens
from models.download.curated import CuratedModel
from models.hardware.memory import MemoryFree

CARD_PX, MOST_COLUMNS = 290, 3


class CuratedCard(QFrame):
    """What it is, why one would take it, its licence and whether it would fit."""

    chosen = Signal(str)

    def __init__(self, model: CuratedModel, memory: MemoryFree) -> None:
        super().__init__()
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(6)
        column.addWidget(words(model.title, "heading"))
        weights, size = model.weights / 1e9, model.size_bytes / 1e9
        column.addWidget(words(f"{weights:.1f} billion weights, about {size:.1f} GB", "small"))
        column.addWidget(words(model.why, "secondary"))
        column.addWidget(words(f"{model.licence} · speed and quality {model.measured}", "small"))
        column.addStretch(1)
        column.addLayout(self._foot(model, memory))

    def _foot(self, model: CuratedModel, memory: MemoryFree) -> QHBoxLayout:
        verdict = model.verdict(memory)
        dot, word = FitDot(), QLabel(fit_word(verdict))
        dot.show_verdict(verdict)
        word.setToolTip("A rough forecast, from the size alone")
        self.button = QPushButton("See files")
        self.button.setAccessibleName(f"See the files of {model.title}")
        self.button.clicked.connect(lambda: self.chosen.emit(model.repo))
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(dot)
        foot.addWidget(word, 1)
        foot.addWidget(self.button)
        return foot


class CuratedCards(QWidget):
    """As many columns as have room; `chosen` carries a repository."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._columns = 0
        self.cards: list[CuratedCard] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        heading = QLabel("To begin with")
        heading.setProperty("role", "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addLayout(self._grid)

    def show_models(self, models: Sequence[CuratedModel], memory: MemoryFree) -> None:
        """Once: the list ships with Assay and does not change while it runs."""
        self.cards = [CuratedCard(model, memory) for model in models]
        for card in self.cards:
            card.chosen.connect(self.chosen)
        self._columns = 0
        self._place()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        columns = max(1, min(MOST_COLUMNS, self.width() // self._tokens.px(CARD_PX)))
        if columns == self._columns:
            return
        self._columns = columns
        for place, card in enumerate(self.cards):
            self._grid.addWidget(card, place // columns, place % columns)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
