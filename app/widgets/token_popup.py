"""What the model thought at one token: its probability and the alternatives."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.widgets.fonts import mono_font
from app.widgets.token_cells import BITS_PER_NAT, Cell
from app.widgets.token_paint import ORIGIN_WORDS
from app.widgets.tokens import Tokens
from labs.tokens.visible import unseen, visible
from models.engine.messages import Alternative


class TokenPopup(QFrame):
    """Closes by itself on Esc or a click beside it."""

    alternative_chosen = Signal(object)  # the token id to go on from; may exceed 32 bits

    def __init__(self, cell: Cell, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("token-popup")
        self.setProperty("role", "card")
        self.setAccessibleName(f"Token {cell.text!r}")
        self._tokens = tokens
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        title = _words(repr_token(cell.text), tokens, mono=True)
        column.addWidget(title)
        column.addWidget(_words(facts(cell), tokens, quiet=True))
        if cell.alternatives:
            column.addSpacing(4)
            column.addWidget(_words("What it could have said here", tokens, quiet=True))
        for alternative in cell.alternatives:
            column.addLayout(self._row(alternative, alternative.token_id == cell.token_id))

    def show_at(self, place: QPoint) -> None:
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = min(place.x(), screen.right() - self.width() - 8)
        y = min(place.y(), screen.bottom() - self.height() - 8)
        self.move(max(screen.left(), x), max(screen.top(), y))
        self.show()

    def _row(self, alternative: Alternative, is_chosen: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        text = _words(repr_token(alternative.text), self._tokens, mono=True)
        text.setMinimumWidth(self._tokens.px(96))
        probability = math.exp(alternative.logprob)
        row.addWidget(text)
        row.addWidget(ProbabilityBar(probability, is_chosen, self._tokens))
        row.addWidget(_words(percent(probability), self._tokens, mono=True), 1)
        row.addWidget(self._choice(alternative, is_chosen))
        return row

    def _choice(self, alternative: Alternative, is_chosen: bool) -> QWidget:
        button = QPushButton("Continue from here")
        button.setProperty("role", "quiet")
        if is_chosen:
            chosen = _words("chosen", self._tokens, quiet=True)
            chosen.setMinimumHeight(button.sizeHint().height())  # all rows are equally high
            return chosen
        button.setAccessibleName(f"Continue from {alternative.text!r}")
        button.clicked.connect(lambda: self._choose(alternative.token_id))
        return button

    def _choose(self, token_id: int) -> None:
        self.alternative_chosen.emit(token_id)
        self.close()


class ProbabilityBar(QWidget):
    """A bar from 0 to 100 %."""

    def __init__(self, probability: float, is_chosen: bool, tokens: Tokens) -> None:
        super().__init__()
        self._probability, self._is_chosen, self._tokens = probability, is_chosen, tokens
        self.setFixedSize(tokens.px(110), tokens.px(10))
        self.setAccessibleName(percent(probability))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.sunken))
        painter.drawRoundedRect(self.rect(), 3, 3)
        filled = QRectF(0, 0, max(2.0, self.width() * self._probability), self.height())
        colour = self._tokens.accent if self._is_chosen else self._tokens.text_disabled
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(filled, 3, 3)


def facts(cell: Cell) -> str:
    """Number, probability, surprise and entropy of a token, or where it came from."""
    # A server that keeps its tokenizer to itself tells no numbers; they are below 0 then.
    pieces = [f"Token {cell.token_id}"] if cell.token_id >= 0 else []
    if cell.origin:
        pieces.append(ORIGIN_WORDS.get(cell.origin, cell.origin))
    if cell.control or cell.mark:
        pieces.append(cell.mark or "control token")
    pieces += unseen(cell.text)
    if cell.raw:
        pieces.append(f"bytes {cell.raw.hex(' ')}")
    if cell.shares:
        pieces.append("shares a character with a neighbour")
    if cell.logprob is not None:
        pieces.append(f"probability {percent(math.exp(cell.logprob))}")
        pieces.append(f"surprise {-cell.logprob * BITS_PER_NAT:.1f} bits")
    if cell.entropy is not None:
        pieces.append(f"entropy {cell.entropy * BITS_PER_NAT:.1f} bits")
    return "  ·  ".join(pieces)


def percent(probability: float) -> str:
    if probability < 0.0001:
        return "< 0.01 %"
    if probability < 0.01:
        return f"{probability * 100:.2f} %"
    return f"{probability * 100:.1f} %"


def repr_token(text: str) -> str:
    return f"“{visible(text)}”" if text else "part of a character"


def _words(text: str, tokens: Tokens, *, quiet: bool = False, mono: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if quiet:
        label.setProperty("role", "secondary")
    if mono:
        label.setFont(mono_font(tokens))
    return label
