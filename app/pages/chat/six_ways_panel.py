"""Asks one question in six wordings and shows the answers side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.pages.chat.live_reply import waiting_words
from app.pages.chat.six_ways import FIRST_QUESTION, WordingAnswer, finding
from app.widgets.icons import IconButton
from app.widgets.parts import in_the_middle, scrolled
from app.widgets.tokens import Tokens
from labs.experiments.six_ways.wordings import wordings_of
from models.engine.pool import Waiting

BESIDE_PX = 460  # two cards side by side want this much


class SixWaysPanel(QWidget):
    asked = Signal(str, list)  # question, wordings
    stop_requested = Signal()
    open_requested = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("six-ways")
        self.setAccessibleName("Ask one question six ways")
        self._busy = False
        self._columns = 0
        self._chat_id: int | None = None
        self.question = QLineEdit(FIRST_QUESTION)
        self.question.setAccessibleName("Question")
        self._ask = QPushButton("Ask six times")
        self._ask.setProperty("role", "primary")
        self._ask.setAccessibleName("Ask six times")
        self._state = QLabel(wordWrap=True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setProperty("role", "secondary")
        self._open = QPushButton("Open as a chat")
        self._open.setAccessibleName("Open as a chat")
        keeps_room = self._open.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self._open.setSizePolicy(keeps_room)
        self._open.hide()
        self.cards = [WordingCard(number) for number in range(6)]
        self._lay_out()
        self._connect_signals()
        self._reword(FIRST_QUESTION)

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._ask.setText("Stop" if busy else "Ask six times")
        self._ask.setAccessibleName(self._ask.text())
        self.question.setEnabled(not busy)
        for card in self.cards:
            card.wording.setReadOnly(busy)

    def begin(self) -> None:
        self._chat_id = None
        self._open.hide()
        for card in self.cards:
            card.show_answer("")
        self.set_busy(True)
        self.say("Getting the model ready…")

    def take(self, event: object) -> None:
        if isinstance(event, Waiting):
            self.say(waiting_words(event))
        elif isinstance(event, WordingAnswer):
            self.cards[event.number].show_answer(event.text)
            done = event.number + (1 if event.done else 0)
            self.say(f"{done} of {len(self.cards)} answered")

    def finish(self, chat_id: int) -> None:
        self.set_busy(False)
        self._chat_id = chat_id
        self._open.show()
        self.say(finding([card.answer for card in self.cards]))

    def fail(self, sentence: str) -> None:
        self.set_busy(False)
        self.say(sentence)

    def say(self, sentence: str) -> None:
        self._state.setText(sentence)

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        heading = QLabel("Ask one question six ways")
        heading.setProperty("role", "title")
        heading.setWordWrap(True)
        close = IconButton("x", "Close", self)
        close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(close)
        why = QLabel(
            "Same model, same settings, always the likeliest token: what differs between the "
            "answers comes from the wording alone. Change the wordings as you like."
        )
        why.setWordWrap(True)
        why.setProperty("role", "secondary")
        ask = QHBoxLayout()
        ask.addWidget(self.question, 1)
        ask.addWidget(self._ask)
        said = QHBoxLayout()
        said.addWidget(self._state, 1)
        said.addWidget(self._open)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._inside = QWidget()
        self.setTokens(Tokens())
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(why)
        column.addLayout(ask)
        column.addLayout(said)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._wrap(self._inside)

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(980))
        self._beside_px = tokens.px(BESIDE_PX)
        self._place_cards()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_cards()
        super().resizeEvent(event)

    def _place_cards(self) -> None:
        columns = 2 if self.width() >= self._beside_px else 1
        if columns != self._columns:
            self._columns = columns
            for number, card in enumerate(self.cards):
                self._grid.addWidget(card, number // columns, number % columns)

    def _wrap(self, inside: QWidget) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "Six wordings and their answers"))

    def _connect_signals(self) -> None:
        self.question.textEdited.connect(self._reword)
        self.question.returnPressed.connect(self._on_ask)
        self._ask.clicked.connect(self._on_ask)
        self._open.clicked.connect(self._on_open)

    def _reword(self, question: str) -> None:
        for card, wording in zip(self.cards, wordings_of(question), strict=True):
            card.wording.setPlainText(wording.text)

    def _on_ask(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        elif self.question.text().strip():
            wordings = [card.wording.toPlainText() for card in self.cards]
            self.asked.emit(self.question.text().strip(), wordings)

    def _on_open(self) -> None:
        if self._chat_id is not None:
            self.open_requested.emit(self._chat_id)


class WordingCard(QFrame):
    """A wording that can be changed, and its answer."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.wording = QPlainTextEdit()
        self.wording.setAccessibleName(f"Wording {number + 1}")
        self.wording.setTabChangesFocus(True)
        self._answer = QLabel(wordWrap=True)
        self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self._answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._answer.setAccessibleName(f"Answer {number + 1}")
        self._answer.setMinimumHeight(44)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.wording)
        column.addWidget(self._answer, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.wording.setFixedHeight(3 * self.wording.fontMetrics().lineSpacing() + 20)

    @property
    def answer(self) -> str:
        return self._answer.text()

    def show_answer(self, text: str) -> None:
        self._answer.setText(text.strip())
