"""The cards of a conversation that exist at the moment: those near what is in sight."""

from __future__ import annotations

from collections.abc import Container, Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.widgets.message_view.card import Card
from app.widgets.message_view.card_look import CardLook
from app.widgets.message_view.shown import CardState, ShownMessage


class Cards(QObject):
    """`canvas` holds them. What the user unfolded outlives a card, and so does what is sought:
    a new card marks it at once."""

    acted = Signal(str, int)  # an Action of shown.py, a message id
    edited = Signal(int, str)
    link_clicked = Signal(str)
    said = Signal(str)
    alternative_chosen = Signal(int, int, object)  # message, position, token id
    height_changed = Signal(int)
    opened = Signal(QWidget)

    def __init__(self, canvas: QWidget, look: CardLook, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._look = canvas, look
        self._cards: dict[int, Card] = {}
        self._states: dict[int, CardState] = {}
        self._sought = ""
        self._match: tuple[int, int] | None = None

    def __iter__(self) -> Iterator[Card]:
        return iter(tuple(self._cards.values()))

    def get(self, message_id: int) -> Card | None:
        return self._cards.get(message_id)

    def of(self, message: ShownMessage) -> Card:
        """The card of a message, made where there is none."""
        card = self._cards.get(message.id)
        if card is None:
            state = self._states.setdefault(message.id, CardState())
            card = self._cards[message.id] = Card(message, self._look, state, self._canvas)
            card.acted.connect(self.acted)
            card.edited.connect(self.edited)
            card.link_clicked.connect(self.link_clicked)
            card.said.connect(self.said)
            card.alternative_chosen.connect(self.alternative_chosen)
            card.height_changed.connect(self.height_changed)
            card.opened.connect(self.opened)
            self._mark(card)
        return card

    def keep_near(self, near: Container[int]) -> None:
        """Let go of the others, but of none that is in use: it is hidden until it comes back."""
        for message_id, card in list(self._cards.items()):
            if message_id in near:
                continue
            if card.is_in_use:
                card.hide()
            else:
                self._drop(message_id)

    def keep_only(self, messages: Container[int]) -> None:
        """Let go of what is no part of the conversation any more."""
        for message_id in list(self._cards):
            if message_id not in messages:
                self._drop(message_id)

    def use_look(self, look: CardLook) -> None:
        self._look = look
        for card in self:
            card.use_look(look)

    def mark(self, sought: str, at: tuple[int, int] | None) -> None:
        """Mark `sought` wherever it stands; `at` is the message and number of the current one."""
        self._sought, self._match = sought, at
        for card in self:
            self._mark(card)

    @property
    def sought(self) -> str:
        return self._sought

    def reveal_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        """A card whose part has the focus shows what can be done with it."""
        for card in self:
            had = old is not None and card.isAncestorOf(old)
            has = now is not None and card.isAncestorOf(now)
            if had != has:
                card.reveal(has)

    def _mark(self, card: Card) -> None:
        is_there = self._match is not None and self._match[0] == card.message.id
        card.mark(self._sought, self._match[1] if self._match and is_there else None)

    def _drop(self, message_id: int) -> None:
        card = self._cards.pop(message_id)
        card.hide()
        card.deleteLater()
