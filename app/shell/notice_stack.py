"""Notices as cards in the upper right corner; they never ask and never hold anything up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.notices import Notice, Notices
from app.widgets.error_bar import ErrorBar
from app.widgets.icons import IconButton
from app.widgets.message_view.view import MessageView
from app.widgets.tokens import Tokens

WIDTH, MARGIN, HEADER = 380, 16, 48
STAYS_MS = 7000
MOST = 4


class NoticeCard(QFrame):
    """One notice; an action closes it as well."""

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setObjectName("notice")
        self.setProperty("level", notice.level)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(f"{notice.text} {notice.hint}".strip())
        self.close_button = IconButton("x", "Close this notice", size=14)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(_label(self.notice.text, ""))
        if self.notice.hint:
            words.addWidget(_label(self.notice.hint, "small"))
        if self.notice.action:
            self.action_button = QPushButton(self.notice.action)
            self.action_button.setAccessibleName(self.notice.action)
            # A click leaves the focus where the user writes; the card is about to go.
            self.action_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            words.addWidget(self.action_button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 8, 12)
        row.addLayout(words, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)


class NoticeStack(QWidget):
    """Lies over the window's corner and is as large as its cards."""

    def __init__(self, window: QWidget, notices: Notices) -> None:
        super().__init__(window)
        self._window, self._tokens = window, Tokens()
        self._cards: list[NoticeCard] = []
        self._bars: list[ErrorBar] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        window.installEventFilter(self)
        notices.shown.connect(self._on_shown)
        notices.withdrawn.connect(self._on_withdrawn)
        self.hide()

    @property
    def cards(self) -> tuple[NoticeCard, ...]:
        return tuple(self._cards)

    @property
    def texts(self) -> list[str]:
        """What is on show, oldest first."""
        return [card.notice.text for card in self._cards]

    def stay_below(self, bar: ErrorBar) -> None:
        """Leave this bar and its buttons free whenever it is on the screen."""
        self._bars.append(bar)
        bar.height_changed.connect(self._settle)
        bar.height_changed.connect(self._clear_soon)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._settle()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._settle()  # cards know their height only once they have their style
        return handled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._cards:
            self._settle()
        return False

    def _on_shown(self, notice: Notice) -> None:
        if notice.key:
            self._on_withdrawn(notice.key)
        while len(self._cards) >= MOST:
            self._remove(self._cards[0])
        card = NoticeCard(notice, self)
        card.close_button.setTokens(self._tokens)
        card.close_button.clicked.connect(lambda: self._remove(card))
        if notice.action:
            card.action_button.clicked.connect(lambda: self._act(card))
        if not notice.stays:
            timer = QTimer(card, singleShot=True, interval=STAYS_MS)
            timer.timeout.connect(lambda: self._remove(card))
            timer.start()
        self._cards.append(card)
        self._column.addWidget(card)
        self._settle()
        self.raise_()

    def _on_withdrawn(self, key: str) -> None:
        for card in [card for card in self._cards if card.notice.key == key]:
            self._remove(card)

    def _act(self, card: NoticeCard) -> None:
        self._remove(card)
        if card.notice.run is not None:
            card.notice.run()

    def _remove(self, card: NoticeCard) -> None:
        if card in self._cards:
            self._cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
            self._settle()

    def _settle(self) -> None:
        """Take the room the cards need, in the corner."""
        self.setVisible(bool(self._cards))
        window = self._window
        width = min(self._tokens.px(WIDTH), window.width() - 2 * MARGIN)
        height = self._column.heightForWidth(width)
        if height < 0:
            height = self._column.sizeHint().height()
        self.setGeometry(window.width() - width - MARGIN, self._top() + MARGIN, width, height)
        self.clear_messages()

    def _clear_soon(self) -> None:
        """Once more when the page below has been laid out without the bar, or with it."""
        QTimer.singleShot(0, self, self.clear_messages)

    def clear_messages(self) -> None:
        """A chat begins in this corner: let its messages stand below the notices."""
        end = self.geometry().bottom() + 1 if self._cards else 0
        for view in self._window.findChildren(MessageView):
            below = end - view.mapTo(self._window, QPoint(0, 0)).y()
            view.leave_free(max(0, below) if self._reaches(view) else 0)

    def _reaches(self, view: QWidget) -> bool:
        right = view.mapTo(self._window, QPoint(view.width(), 0)).x()
        return right > self.geometry().left()

    def _top(self) -> int:
        """The lower edge of the header, or of an error bar below it."""
        bars = [bar for bar in self._bars if bar.isVisible()]
        edges = [bar.mapTo(self._window, QPoint(0, bar.height())).y() for bar in bars]
        return max([self._tokens.px(HEADER), *edges])


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label
