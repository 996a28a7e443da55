"""Cards of equal width, as many side by side as have room; the others stand below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.widgets.tokens import Tokens


class CardGrid(QWidget):
    """No card gets narrower than `least_px` (at 100 %) while there is more than one beside it."""

    def __init__(self, least_px: int) -> None:
        super().__init__()
        self._tokens, self._least_px = Tokens(), least_px
        self._cards: tuple[QWidget, ...] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)

    def show_cards(self, cards: Sequence[QWidget]) -> None:
        """In this order; those that were here before are the caller's to hide or to delete."""
        for gone in set(self._cards) - set(cards):
            self._grid.removeWidget(gone)
        self._cards, self._columns = tuple(cards), 0
        self._place()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest card: then all stand below each other."""
        least = super().minimumSizeHint()
        widths = (card.minimumSizeHint().width() for card in self._cards)
        return QSize(min(least.width(), max(widths, default=0)), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        room = self.width() + self._grid.spacing()
        fitting = max(1, room // (self._tokens.px(self._least_px) + self._grid.spacing()))
        columns = min(fitting, max(1, len(self._cards)))
        if columns == 3 and len(self._cards) == 4:
            columns = 2
        if columns == self._columns:
            return
        self._columns = columns
        for place, each in enumerate(self._cards):
            self._grid.addWidget(each, place // columns, place % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
