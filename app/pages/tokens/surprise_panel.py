"""Beside a heat map: the largest differences of two models, and one token as each saw it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.pages.tokens.differences_list import DifferencesList
from app.pages.tokens.token_detail import HOW, Place, TokenDetail
from app.widgets.parts import scrolled, words
from app.widgets.tokens import Tokens
from labs.tokens.surprise_difference import Difference

PANEL_PX = 290
OTHER = (
    "The models cut this text into other tokens. They are compared over the smallest stretches at "
    "whose ends both have a token end."
)


class SurprisePanel(QSplitter):
    """Differences above, where there are two models; one token below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.details = [TokenDetail(f"Alternatives of the {which} model")
                        for which in ("first", "second")]  # fmt: skip
        self.differences, self.how_compared = DifferencesList(), words("", "small")
        self.setObjectName("surprise-panel")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self._compared = self._upper_half()
        self.addWidget(self._compared)
        self.addWidget(scrolled(self._lower_half(), "What the model expected"))
        self._shared = [240, 300]
        self.splitterMoved.connect(self._keep_shared)

    def show_difference(self, found: Difference, text: bytes) -> None:
        self.differences.show_difference(found, text)
        self.how_compared.setText(OTHER)
        self.how_compared.setVisible(not found.has_same_tokens)

    def show_compared(self, is_compared: bool) -> None:
        """What is hidden has no height of its own: it comes back with the share it last had."""
        appears = is_compared and self._compared.isHidden()
        self._compared.setVisible(is_compared)
        if appears:
            self.setSizes(self._shared)

    def show_no_token(self) -> None:
        self.details[0].show_nothing(HOW)
        self.details[1].hide()

    def show_places(self, places: Sequence[Place], *, together: bool) -> None:
        """What every model made of a token; `together` where it is the same one for both."""
        if together:
            self.details[0].show_both(*places)
        else:
            for place, detail in zip(places, self.details, strict=False):
                detail.show_place(place, with_model=len(places) > 1)
        self.details[1].setVisible(len(places) > 1 and not together)

    def setTokens(self, tokens: Tokens) -> None:
        self.setMinimumWidth(tokens.px(PANEL_PX))

    def _keep_shared(self) -> None:
        self._shared = self.sizes()

    def _upper_half(self) -> QWidget:
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(16, 0, 0, 8)
        column.setSpacing(6)
        column.addWidget(words("Largest differences", "heading"))
        column.addWidget(self.how_compared)
        column.addWidget(self.differences, 1)
        return upper

    def _lower_half(self) -> QWidget:
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(16, 0, 8, 0)
        column.setSpacing(10)
        for detail in self.details:
            column.addWidget(detail)
        column.addStretch(1)
        return lower
