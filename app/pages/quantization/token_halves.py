"""Tokens on one side, and on the other what both models expected at the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from app.pages.quantization.token_detail import TokenDetail
from app.widgets.parts import scrolled

SIZES = (600, 400)


class TokenHalves(QSplitter):
    """Stays where the user puts it, under its name. `complete` makes the other side."""

    def __init__(self, name: str, tokens: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(name)
        self.setChildrenCollapsible(False)
        self.addWidget(tokens)

    def complete(self) -> TokenDetail:
        detail = TokenDetail()
        self.addWidget(scrolled(detail, "What both models expected"))
        self.setSizes(SIZES)
        for place, share in enumerate(SIZES):
            self.setStretchFactor(place, share // 200)
        return detail
