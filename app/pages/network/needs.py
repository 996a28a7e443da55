"""Two short lists: what needs the network, and what never does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.widgets.icons import icon_pixmap, ratios
from app.widgets.tokens import Tokens

NEEDS = (
    "Downloading a model from the Hugging Face hub",
    "Pulling a model with Ollama, and its entries that run elsewhere",
    "A server that you added on another machine",
    "Opening a link of a reply in your browser",
    "The set-up, before this window opens (python3 start.py)",
)
NEVER = (
    "Chats with the models on this machine",
    "Labs, runs and reports",
    "Finding, reading and converting model files",
    "Servers on this machine, such as Ollama and Assay's own",
    "Starting Assay, its settings and crash reports",
)


class Needs(QWidget):
    """Side by side, each in a card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: list[tuple[QLabel, str]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._card("Needs the network, when you start it", NEEDS, "globe"), 1)
        row.addWidget(self._card("Never needs it", NEVER, "check"), 1)

    def setTokens(self, tokens: Tokens) -> None:
        size, ratio = tokens.px(14), max(ratios())
        icons = {icon for _, icon in self._marks}
        drawn = {icon: icon_pixmap(icon, tokens.text_secondary, size, ratio) for icon in icons}
        for mark, icon in self._marks:
            mark.setPixmap(drawn[icon])

    def _card(self, title: str, lines: tuple[str, ...], icon: str) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        card.setAccessibleName(title)
        card.setAccessibleDescription("; ".join(lines))
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for number, line in enumerate(lines):
            mark, words = QLabel(), QLabel(line, wordWrap=True)
            self._marks.append((mark, icon))
            grid.addWidget(mark, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, number, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(10)
        column.addWidget(heading)
        column.addLayout(grid)
        column.addStretch(1)
        return card
