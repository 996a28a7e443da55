"""Covers the part of a page whose numbers are to be predicted first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.parts import button, row_of, words
from app.widgets.tokens import Tokens

CARD_PX = 420
EVENTS = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class Veil(QFrame):
    """Lies over `part` for as long as it is needed, and nothing below it can be reached. It is no
    child of `part`, whose own layout and whose own hidden and disabled parts stay as they are."""

    sheet_asked = Signal()
    shown_anyway = Signal()

    def __init__(self, part: QWidget, title: str) -> None:
        super().__init__(part.parentWidget())
        self.part = part
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Predict first")
        self.sheet_button = button("Write your predictions", "primary")
        self.show_button = button("Show anyway", "link")
        self.sheet_button.clicked.connect(self.sheet_asked)
        self.show_button.clicked.connect(self.shown_anyway)
        self._card = QFrame()
        self._card.setProperty("role", "card")
        column = QVBoxLayout(self._card)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(words("Predict first", "heading"))
        column.addWidget(words(
            f"The lab “{title}” asks what stands here before you look. It opens when your "
            "predictions are locked. Shown before, the attempt says so."
        ))  # fmt: skip
        column.addLayout(row_of(self.sheet_button, self.show_button, stretch=-1))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(1)
        middle = QHBoxLayout()  # an alignment would cut words that need another line
        middle.addStretch(1)
        middle.addWidget(self._card)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)
        part.setEnabled(False)
        part.installEventFilter(self)
        self._follow()

    def lift(self) -> None:
        """Give the part back."""
        self.part.removeEventFilter(self)
        self.part.setEnabled(True)
        self.hide()
        self.deleteLater()

    def setTokens(self, tokens: Tokens) -> None:
        self._card.setFixedWidth(tokens.px(CARD_PX))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.part and event.type() in EVENTS:
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        self.setGeometry(self.part.geometry())
        self.setVisible(self.part.isVisible())
        self.raise_()
