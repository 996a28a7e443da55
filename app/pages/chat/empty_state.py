"""What an empty chat offers: three things to try, and models to try them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.widgets.tokens import Tokens

LONGEST_NAME = 48
STAYS = "What you write stays here: nothing leaves this computer."
BESIDE_PX = 460  # three cards side by side want this much
SUGGESTIONS = (
    ("six_ways", "Ask one question six ways", "Does the answer change when only the wording does?"),
    ("unsure", "See where it was unsure", "Colour every token by how surprising it was."),
    ("sent", "See exactly what was sent", "Every token of the prompt, and where it came from."),
)


@dataclass(frozen=True)
class OfferedModel:
    """A model to begin with; `badge` says what it is or where it was found."""

    model: str
    name: str
    badge: str


class EmptyState(QScrollArea):
    """Scrolls where large text leaves too little room for all of it."""

    suggested = Signal(str)
    model_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chat-empty")
        self.setAccessibleName("What to try")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what lies in it can be reached
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._title = QLabel("Ask a model on this computer")
        self._title.setProperty("role", "title")
        self._title.setWordWrap(True)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words = QLabel(STAYS)
        self._words.setProperty("role", "secondary")
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._models = QWidget()
        self._models_column = QVBoxLayout(self._models)
        self._models_column.setContentsMargins(0, 0, 0, 0)
        self._models_column.setSpacing(4)
        self._cards = QHBoxLayout()
        self._cards.setSpacing(12)
        for key, title, words in SUGGESTIONS:
            card = SuggestionCard(title, words)
            card.clicked.connect(lambda _checked=False, name=key: self.suggested.emit(name))
            self._cards.addWidget(card, 1)
        inside = QVBoxLayout()
        inside.setSpacing(8)
        inside.addWidget(self._title)
        inside.addWidget(self._words)
        inside.addSpacing(20)
        inside.addLayout(self._cards)
        inside.addSpacing(16)
        inside.addWidget(self._models)
        self._frame = QWidget()
        self._frame.setLayout(inside)
        self.setTokens(Tokens())
        page = QWidget()
        page.setProperty("role", "page")
        grid = QGridLayout(page)
        grid.setContentsMargins(24, 24, 24, 24)
        grid.setRowStretch(0, 2)
        grid.setRowStretch(2, 3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 100)
        grid.setColumnStretch(2, 1)
        grid.addWidget(self._frame, 1, 1)
        self.setWidget(page)

    def setTokens(self, tokens: Tokens) -> None:
        self._frame.setMaximumWidth(tokens.px(760))
        self._beside_px = tokens.px(BESIDE_PX)
        self._place_cards()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_cards()
        super().resizeEvent(event)

    def _place_cards(self) -> None:
        """Next to each other, or below each other where their words would be squeezed."""
        is_wide = self.width() >= self._beside_px
        way = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._cards.setDirection(way)

    def show_model(self, name: str, badge: str, host: str = "") -> None:
        """Say which model would answer, and where: `host` is beyond this machine."""
        self._title.setText(f"Ask {_short(name)}" if name else "Ask a model on this computer")
        words = f"What you write goes to {host}, where this model runs." if host else STAYS
        self._words.setText(f"{badge}.  {words}" if badge else words)

    def offer(self, models: Sequence[OfferedModel]) -> None:
        """Models to choose from; none where the choice is made."""
        while (item := self._models_column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if models:
            label = QLabel("Found on this computer")
            label.setProperty("role", "small")
            self._models_column.addWidget(label)
        for model in models:
            self._models_column.addWidget(self._model_row(model))

    def _model_row(self, model: OfferedModel) -> QWidget:
        row = QFrame()
        row.setProperty("role", "card")
        name = QLabel(model.name)
        badge = QLabel(model.badge)
        badge.setProperty("role", "small")
        use = QPushButton("Use")
        use.setAccessibleName(f"Use {model.name}")
        use.clicked.connect(lambda: self.model_chosen.emit(model.model))
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 6, 8, 6)
        line.addWidget(name)
        line.addWidget(badge, 1)
        line.addWidget(use)
        return row


class SuggestionCard(QPushButton):
    """A button with a title and a sentence."""

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self.setObjectName("suggestion")
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        heading = QLabel(title)
        heading.setWordWrap(True)
        heading.setObjectName("suggestion-title")
        sentence = QLabel(words)
        sentence.setWordWrap(True)
        sentence.setProperty("role", "small")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(4)
        for label in (heading, sentence):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._column.addWidget(label)
        self._column.addStretch(1)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._column.heightForWidth(width) + 4

    def sizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(160))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(120, self.width())))


def _short(name: str) -> str:
    """A heading for names of any length: their beginning and end tell them apart."""
    if len(name) <= LONGEST_NAME:
        return name
    half = LONGEST_NAME // 2
    return f"{name[:half]}…{name[-half:]}"
