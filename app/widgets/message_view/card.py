"""One message on screen: its name, its text, what is to be said about it, and its actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.widgets.message_view.card_layout import CardLayout, lay_out
from app.widgets.message_view.card_look import CardLook
from app.widgets.message_view.card_parts import CardParts
from app.widgets.message_view.card_words import CardWords
from app.widgets.message_view.details_panel import DetailsPanel
from app.widgets.message_view.edit_box import EditBox
from app.widgets.message_view.footer_text import mark_words, state_words
from app.widgets.message_view.message_actions import MessageActions
from app.widgets.message_view.message_body import MessageBody
from app.widgets.message_view.shown import MOST_DRAWN_CHARS, CardState, ShownMessage
from app.widgets.message_view.thinking_fold import ThinkingFold
from app.widgets.token_strip import TokenStrip
from app.widgets.tokens import RADIUS_CARD
from labs.chat.differences import Stretch


class Card(QWidget):
    """Lays its parts out by hand (card_layout.py)."""

    acted = Signal(str, int)
    edited = Signal(int, str)
    link_clicked = Signal(str)
    said = Signal(str)  # a short word for the status: "Copied"
    height_changed = Signal(int)
    opened = Signal(QWidget)  # a part that the user asked for and wants to see
    alternative_chosen = Signal(int, int, object)

    def __init__(
        self, message: ShownMessage, look: CardLook, state: CardState, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.message = message
        self._look, self._state = look, state
        self._laid_out_width = -1
        self._layout = CardLayout()
        self._revealed = False
        self._is_finished = False
        self._sought = ""
        self._current_match: int | None = None
        self._differences: tuple[Stretch, ...] = ()
        self.matches = 0  # how often what is sought stands in the text
        body = MessageBody(look.style, self)
        self.parts = CardParts(CardWords(self), body, self._make_actions())
        body.link_clicked.connect(self.link_clicked)
        body.code_copied.connect(lambda: self.said.emit("Code copied"))
        self.show_message(message)

    # ---- content ---------------------------------------------------------------------------

    def show_message(self, message: ShownMessage) -> None:
        """Show `message`; text that only grew is drawn from where it grew."""
        before = self.message
        offers_change = _offers(message) != _offers(before)
        self.message = message
        finished = message.state != "streaming"
        drawn = message.text[:MOST_DRAWN_CHARS]
        if self.parts.body.markdown.source != drawn or finished != self._is_finished:
            self.parts.body.markdown.grow_to(drawn, finished)
            self._is_finished = finished
        self._show_words()
        self._show_thinking()
        self._show_strip()
        self._show_details()
        if offers_change:
            self.parts.actions.deleteLater()
            self.parts.actions = self._make_actions()
            self.parts.actions.show()
        self.parts.actions.reveal(self._revealed or message.is_last)
        self._laid_out_width = -1
        if self._sought:
            self.mark(self._sought, self._current_match)

    def mark(self, sought: str, current: int | None = None) -> None:
        """Mark where `sought` stands in the text, the match number `current` above all."""
        if sought or self._sought:
            self.matches = self.parts.body.mark(sought, current, self._look.tokens)
        self._sought, self._current_match = sought, current

    @property
    def shown_text(self) -> str:
        """The answer as it is read, without its Markdown."""
        return self.parts.body.markdown.toPlainText()

    @property
    def differing(self) -> list[str]:
        """The stretches that are marked."""
        return [self.shown_text[each.start : each.end] for each in self._differences]

    def mark_differences(self, stretches: Sequence[Stretch]) -> None:
        """Mark these stretches of `shown_text`."""
        self._differences = tuple(stretches)
        self.parts.body.mark_differences(self._differences, self._look.tokens)

    def match_rect(self, number: int) -> QRect:
        """Where a match stands in the card; all of the card while its tokens are shown."""
        if not self.parts.body.isVisibleTo(self):
            return self.rect()
        return self.parts.body.match_rect(number).translated(self.parts.body.pos())

    def use_look(self, look: CardLook) -> None:
        self._look, parts = look, self.parts
        parts.body.set_style(look.style)
        if parts.thinking is not None:
            parts.thinking.use_look(look)
        if parts.details is not None:
            parts.details.set_style(look.style)
        if parts.strip is not None:
            parts.strip.setTokens(look.tokens)
        parts.actions.use_look(look)
        self._show_words()
        self._laid_out_width = -1
        self.mark(self._sought, self._current_match)
        if self._differences:
            self.mark_differences(self._differences)

    def _show_words(self) -> None:
        message = self.message
        self.parts.words.show(message)
        speaker = "You" if message.role == "user" else "Reply"
        self.setAccessibleName(f"{speaker}: {message.text[:200]}")
        self.setAccessibleDescription(f"{mark_words(message)} {state_words(message)}".strip())
        self.parts.body.setAccessibleName(f"{speaker}, text of the message")

    def _show_thinking(self) -> None:
        message, parts = self.message, self.parts
        if not message.thinking and not message.is_thinking:
            return
        if parts.thinking is None:
            parts.thinking = ThinkingFold(self._look, self._toggle_thinking, self)
        parts.thinking.show(message, self._state.thinking_open)

    def _show_strip(self) -> None:
        lens, parts = self.message.lens, self.parts
        parts.actions.show_lens(lens is not None)
        if lens is None:
            _take_away(parts.strip)
            parts.strip = None
            return
        if parts.strip is None:
            parts.strip = strip = TokenStrip(self)
            strip.setTokens(self._look.tokens)
            strip.alternative_chosen.connect(
                lambda at, token: self.alternative_chosen.emit(self.message.id, at, token)
            )
            strip.measure_chosen.connect(lambda name: self.acted.emit(name, self.message.id))
            strip.show()
        parts.strip.show_reply(lens.tokens, lens.measure)

    def _show_details(self) -> None:
        provenance, parts = self.message.provenance, self.parts
        if not self._state.details_open or provenance is None:
            _take_away(parts.details)
            parts.details = None
            return
        if parts.details is None:
            parts.details = DetailsPanel(self._look.style, self)
            parts.details.height_changed.connect(self._relayout)
            parts.details.show()
        parts.details.show_provenance(provenance)

    # ---- actions ---------------------------------------------------------------------------

    def _make_actions(self) -> MessageActions:
        return MessageActions(self.message, self._look, self._act, self)

    def _act(self, action: str) -> None:
        match action:
            case "copy":
                self.copy_text()
            case "edit":
                self.start_edit()
            case "details":
                self._toggle_details()
            case _:
                self.acted.emit(action, self.message.id)

    def copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.message.text)
        self.said.emit("Message copied")

    def copy_last_code(self) -> bool:
        """Put the last code block on the clipboard; False where there is none."""
        blocks = self.parts.body.code_blocks()
        if blocks:
            QGuiApplication.clipboard().setText(blocks[-1])
            self.said.emit("Code copied")
        return bool(blocks)

    def _toggle_thinking(self) -> None:
        self._state.thinking_open = not self._state.thinking_open
        self._relayout()

    def _toggle_details(self) -> None:
        self._state.details_open = not self._state.details_open
        self._relayout()
        if self.parts.details is not None:
            self.opened.emit(self.parts.details)

    def start_edit(self) -> None:
        """Open the text in place; sending it makes a branch, the old text stays."""
        edit = self.parts.edit
        if edit is None:
            send = "Send as a new branch" if self.message.role == "user" else "Keep as a version"
            self.parts.edit = edit = EditBox(self.message.text, send, self)
            edit.accepted.connect(self._on_edited)
            edit.rejected.connect(self._end_edit)
            edit.height_changed.connect(self._relayout)
            edit.show()
        edit.focus_text()
        self._relayout()
        self.opened.emit(edit)

    def _on_edited(self, text: str) -> None:
        self._end_edit()
        self.edited.emit(self.message.id, text)

    def _end_edit(self) -> None:
        if self.parts.edit is not None:
            _take_away(self.parts.edit)
            self.parts.edit = None
            self._relayout()

    @property
    def is_in_use(self) -> bool:
        """Whether recycling the card would lose something of the user's."""
        return self.parts.edit is not None or self.parts.body.textCursor().hasSelection()

    def _relayout(self) -> None:
        self.show_message(replace(self.message))
        self.height_changed.emit(self.message.id)

    # ---- geometry --------------------------------------------------------------------------

    @property
    def content_height(self) -> int:
        return self._layout.height_px

    def lay_out(self, width: int) -> int:
        """Place everything for `width` pixels; the height that is needed."""
        if width != self._laid_out_width:
            self._laid_out_width = width
            self._layout = lay_out(self.message, self.parts, width, self._look.tokens)
            self.update()
        return self.content_height

    # ---- looks -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if not self._layout.bubble.isEmpty():
            painter.setBrush(QColor(self._look.tokens.sunken))
            painter.drawRoundedRect(self._layout.bubble, RADIUS_CARD + 2, RADIUS_CARD + 2)
        if not self._layout.progress.isEmpty():
            done = QRectF(self._layout.progress)
            done.setWidth(max(4.0, done.width() * (self.message.busy_share or 0.0)))
            painter.setBrush(QColor(self._look.tokens.hover))
            painter.drawRoundedRect(self._layout.progress, 2, 2)
            painter.setBrush(QColor(self._look.tokens.accent))
            painter.drawRoundedRect(done, 2, 2)
        if self.parts.thinking is not None:
            painter.setBrush(QColor(self._look.tokens.hairline))
            painter.drawRect(self.parts.thinking.bar)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.reveal(True)

    def leaveEvent(self, event: QEvent) -> None:
        self.reveal(False)

    def reveal(self, revealed: bool) -> None:
        self._revealed = revealed
        self.parts.actions.reveal(revealed or self.message.is_last)


def _offers(message: ShownMessage) -> tuple[object, ...]:
    """What decides which actions there are."""
    return message.version, message.versions, message.is_compared and message.state


def _take_away(part: QWidget | None) -> None:
    if part is not None:
        part.hide()
        part.deleteLater()
