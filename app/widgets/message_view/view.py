"""A long conversation of which only what is near the viewport exists as widgets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolButton, QWidget

from app.widgets.message_view.card import Card
from app.widgets.message_view.card_look import CardLook, label_sheet
from app.widgets.message_view.cards import Cards
from app.widgets.message_view.heights import Heights
from app.widgets.message_view.paced_updates import PacedUpdates
from app.widgets.message_view.shown import ShownMessage
from app.widgets.tab_order import follow
from app.widgets.tokens import Tokens

COLUMN_PX = 760
SIDE_PX = 24
TOP_PX = 16
MARGIN_PX = 400  # this far outside the viewport cards are kept ready


class MessageView(QAbstractScrollArea):
    """Follows the end while text streams in, unless the user scrolled away from it."""

    acted = Signal(str, int)  # an Action of shown.py, a message id
    edited = Signal(int, str)
    link_clicked = Signal(str)
    said = Signal(str)
    alternative_chosen = Signal(int, int, object)  # message, position, token id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message-view")
        self.setAccessibleName("Conversation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setObjectName("message-canvas")
        self.verticalScrollBar().setSingleStep(32)
        self._look = CardLook(Tokens())
        self.setStyleSheet(label_sheet(self._look.tokens))
        self._messages: list[ShownMessage] = []
        self._heights = Heights()
        self._cards = Cards(self.viewport(), self._look, self)
        self._ordered: list[QWidget] = []
        self._follows = True
        self._adjusting = False
        self._updates = PacedUpdates(self)
        self._updates.due.connect(self._show_changed)
        self._connect_cards()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def _connect_cards(self) -> None:
        cards = self._cards
        cards.acted.connect(self.acted)
        cards.edited.connect(self.edited)
        cards.link_clicked.connect(self.link_clicked)
        cards.said.connect(self.said)
        cards.alternative_chosen.connect(self.alternative_chosen)
        cards.height_changed.connect(self._on_height_changed)
        cards.opened.connect(self._bring_into_sight)

    # ---- content ---------------------------------------------------------------------------

    def set_messages(self, messages: Sequence[ShownMessage], *, to_end: bool = True) -> None:
        """Show another conversation or branch; cards of unchanged messages are kept."""
        self._updates.clear()
        anchor = self._anchor()
        self._messages = list(messages)
        wanted = {message.id: message for message in self._messages}
        self._cards.keep_only(wanted)
        for card in self._cards:
            if card.message != wanted[card.message.id]:
                card.show_message(wanted[card.message.id])
        self._heights.guess(self._messages, self._column_px, self._look.tokens.text_px)
        for index, message in enumerate(self._messages):
            if here := self._cards.get(message.id):
                self._heights.measure(index, here.lay_out(self._column_px))
        self._follows = self._follows or to_end
        self._lay_out(None if self._follows else anchor)

    def update_message(self, message: ShownMessage) -> None:
        """Show a message that changed; a stream of these costs at most a set share of the time."""
        self._updates.take(message)

    def _show_changed(self, changed: list[ShownMessage]) -> None:
        anchor = None if self._follows else self._anchor()
        for message in changed:
            index = self._index(message.id)
            if index is None:
                continue
            self._messages[index] = message
            card = self._cards.get(message.id)
            if card is not None:
                card.show_message(message)
        self._lay_out(anchor)

    @property
    def messages(self) -> tuple[ShownMessage, ...]:
        return tuple(self._messages)

    @property
    def follows(self) -> bool:
        """Whether the end stays in sight while it grows."""
        return self._follows

    def card(self, message_id: int) -> Card | None:
        """The card of a message, where it exists at the moment."""
        return self._cards.get(message_id)

    def edit(self, message_id: int) -> None:
        """Bring a message into sight and open it for editing."""
        self.scroll_to(message_id)
        card = self._cards.get(message_id)
        if card is not None:
            card.start_edit()

    def scroll_to(self, message_id: int) -> None:
        index = self._index(message_id)
        if index is not None:
            self._follows = False
            self._set_scroll(self._heights.top(index))
            self._lay_out((index, 0))

    def scroll_to_end(self) -> None:
        self._follows = True
        self._lay_out(None)

    # ---- finding ---------------------------------------------------------------------------

    def leave_free(self, above_px: int) -> None:
        """Show no message in the uppermost pixels: something lies over them."""
        if self.viewportMargins().top() != above_px:
            self.setViewportMargins(0, above_px, 0, 0)

    def mark(self, sought: str, at: tuple[int, int] | None = None) -> None:
        """Mark `sought` wherever it stands; `at` is the message and number of the current one."""
        self._cards.mark(sought, at)

    def matches_in(self, message_id: int, otherwise: int) -> int:
        """How often what is marked stands in a message, where it has a card; or `otherwise`."""
        card = self._cards.get(message_id)
        return card.matches if card is not None else otherwise

    def first_in_sight(self) -> int | None:
        """The message at the upper edge."""
        anchor = self._anchor()
        return self._messages[anchor[0]].id if anchor is not None else None

    def show_match(self, message_id: int, number: int) -> None:
        """Make a match the current one and bring it into sight, not at the very edge."""
        self.mark(self._cards.sought, (message_id, number))
        card = self._cards.get(message_id)
        if card is None or number >= card.matches:
            return
        place = card.match_rect(number).translated(card.pos())
        height = self.viewport().height()
        if place.top() < height // 8 or place.bottom() > height - height // 8:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + place.top() - height // 3)

    def setTokens(self, tokens: Tokens) -> None:
        anchor = None if self._follows else self._anchor()
        self._look = CardLook(tokens)
        self.setStyleSheet(label_sheet(tokens))
        self._cards.use_look(self._look)
        self._heights.guess(self._messages, self._column_px, tokens.text_px)
        self._lay_out(anchor)

    # ---- geometry --------------------------------------------------------------------------

    @property
    def _column_px(self) -> int:
        available = self.width() - 2 * SIDE_PX  # of which the scroll bar takes a part
        return max(240, min(round(COLUMN_PX * max(1.0, self._look.tokens.scale)), available))

    def _index(self, message_id: int) -> int | None:
        # Changes come at the end nearly always.
        for index in range(len(self._messages) - 1, -1, -1):
            if self._messages[index].id == message_id:
                return index
        return None

    def _anchor(self) -> tuple[int, int] | None:
        """The first message in sight and how far its top lies above the edge."""
        if not self._messages:
            return None
        y = self.verticalScrollBar().value() - TOP_PX
        index = self._heights.at(y)
        return index, y - self._heights.top(index)

    def _lay_out(self, anchor: tuple[int, int] | None) -> None:
        """Place what is in sight. With an anchor that message stays put, without one the end does.

        Measuring a card may move others in or out of sight, so this repeats until nothing moves.
        """
        for _ in range(6):
            self._adjust_scroll(anchor)
            if not self._measure_visible():
                break
        self._adjust_scroll(anchor)
        self._place_cards()

    def _adjust_scroll(self, anchor: tuple[int, int] | None) -> None:
        bar = self.verticalScrollBar()
        end = max(0, self._heights.total + 2 * TOP_PX - self.viewport().height())
        self._adjusting = True
        bar.setRange(0, end)
        bar.setPageStep(self.viewport().height())
        if anchor is None:
            bar.setValue(end)
        elif anchor[0] < len(self._messages):
            bar.setValue(self._heights.top(anchor[0]) + anchor[1] + TOP_PX)
        self._adjusting = False

    def _visible(self) -> range:
        if not self._messages:
            return range(0)
        top = self.verticalScrollBar().value() - TOP_PX
        first = self._heights.at(top - MARGIN_PX)
        return range(first, self._heights.at(top + self.viewport().height() + MARGIN_PX) + 1)

    def _measure_visible(self) -> bool:
        """Make and measure the cards in sight; True when a height was not as thought."""
        width, changed = self._column_px, False
        for index in self._visible():
            card = self._cards.of(self._messages[index])
            changed = self._heights.measure(index, card.lay_out(width)) or changed
        return changed

    def _place_cards(self) -> None:
        visible = self._visible()
        self._cards.keep_near({self._messages[index].id for index in visible})
        width = self._column_px
        x = (self.width() - width) // 2  # so that nothing moves when the scroll bar comes
        shift = TOP_PX - self.verticalScrollBar().value()
        for index in visible:
            card = self._cards.of(self._messages[index])
            top = self._heights.top(index) + shift
            card.setGeometry(QRect(x, top, width, card.content_height))
            card.show()
        self._order_tab_stops(visible)

    def _order_tab_stops(self, visible: range) -> None:
        """From card to card as they stand; they were made in the order of scrolling."""
        cards = [self._cards.of(self._messages[index]) for index in visible]
        parts = [part for card in cards for part in card.parts.in_tab_order()]
        if parts != self._ordered:
            self._ordered = parts
            follow(self, parts)

    def _on_height_changed(self, message_id: int) -> None:
        self._follows = False
        self._lay_out(self._anchor())

    # ---- events ----------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._adjusting:
            return
        bar = self.verticalScrollBar()
        self._follows = bar.value() >= bar.maximum() - 4
        self._lay_out(None if self._follows else self._anchor())

    def resizeEvent(self, event: QResizeEvent) -> None:
        anchor = None if self._follows else self._anchor()
        if event.size().width() != event.oldSize().width():
            self._heights.guess(self._messages, self._column_px, self._look.tokens.text_px)
            for card in self._cards:
                index = self._index(card.message.id)
                if index is not None:
                    self._heights.measure(index, card.lay_out(self._column_px))
        self._lay_out(anchor)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard needs to see where it is; a click has just shown it."""
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.setProperty("ring", event.reason() in reasons)
        self.style().polish(self)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.scroll_to_end()
        else:
            super().keyPressEvent(event)

    def _set_scroll(self, value: int) -> None:
        self._adjusting = True
        self.verticalScrollBar().setValue(value)
        self._adjusting = False

    def _on_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        self._cards.reveal_focus(old, now)
        if isinstance(now, QToolButton) and self.viewport().isAncestorOf(now):
            self._bring_into_sight(now)

    def _bring_into_sight(self, part: QWidget) -> None:
        """Tab may lead above or below what is shown. Of a tall part the beginning counts."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        top = part.mapTo(self.viewport(), QPoint(0, 0)).y()
        below = top + part.height() - height
        if top < 0:
            bar.setValue(bar.value() + top - TOP_PX)
        elif below > 0:
            bar.setValue(bar.value() + min(below + TOP_PX, top - TOP_PX))
