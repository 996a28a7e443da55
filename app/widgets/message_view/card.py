"""One message on screen: its name, its text, what is to be said about it, and its actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.widgets.message_view.action_row import ActionRow
from app.widgets.message_view.card_look import CardLook
from app.widgets.message_view.card_words import CardWords
from app.widgets.message_view.details_panel import DetailsPanel
from app.widgets.message_view.edit_box import EditBox
from app.widgets.message_view.footer_text import mark_words, state_words, thinking_words
from app.widgets.message_view.message_actions import MessageActions
from app.widgets.message_view.message_body import MessageBody
from app.widgets.message_view.shown import CardState, ShownMessage
from app.widgets.message_view.text_style import TextStyle
from app.widgets.token_strip import TokenStrip
from app.widgets.tokens import RADIUS_CARD
from labs.chat.differences import Stretch

BUBBLE_SHARE = 0.86
PAD_PX = 12


class Card(QWidget):
    """Lays its parts out by hand: one pass, and the height is known before it is shown."""

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
        self.content_height = 0
        self._bubble = QRectF()
        self._progress = QRectF()
        self._revealed = False
        self._is_finished = False
        self._sought = ""
        self._current_match: int | None = None
        self._differences: tuple[Stretch, ...] = ()
        self.matches = 0  # how often what is sought stands in the text
        self._words = CardWords(self)
        self._body = MessageBody(look.style, self)
        self._thinking: MessageBody | None = None
        self._thinking_button: ActionRow | None = None
        self._strip: TokenStrip | None = None
        self._details: DetailsPanel | None = None
        self._edit: EditBox | None = None
        self._actions = self._make_actions()
        self._body.link_clicked.connect(self.link_clicked)
        self._body.code_copied.connect(lambda: self.said.emit("Code copied"))
        self.show_message(message)

    # ---- content ---------------------------------------------------------------------------

    def show_message(self, message: ShownMessage) -> None:
        """Show `message`; text that only grew is drawn from where it grew."""
        before = self.message
        offers_change = _offers(message) != _offers(before)
        self.message = message
        finished = message.state != "streaming"
        if self._body.markdown.source != message.text or finished != self._is_finished:
            self._body.markdown.grow_to(message.text, finished)
            self._is_finished = finished
        self._show_words()
        self._show_thinking()
        self._show_strip()
        self._show_details()
        if offers_change:
            self._actions.deleteLater()
            self._actions = self._make_actions()
            self._actions.show()
        self._actions.reveal(self._revealed or message.is_last)
        self._laid_out_width = -1
        if self._sought:
            self.mark(self._sought, self._current_match)

    def mark(self, sought: str, current: int | None = None) -> None:
        """Mark where `sought` stands in the text, the match number `current` above all."""
        if sought or self._sought:
            self.matches = self._body.mark(sought, current, self._look.tokens)
        self._sought, self._current_match = sought, current

    @property
    def shown_text(self) -> str:
        """The answer as it is read, without its Markdown."""
        return self._body.markdown.toPlainText()

    @property
    def differing(self) -> list[str]:
        """The stretches that are marked."""
        return [self.shown_text[each.start : each.end] for each in self._differences]

    def mark_differences(self, stretches: Sequence[Stretch]) -> None:
        """Mark these stretches of `shown_text`."""
        self._differences = tuple(stretches)
        self._body.mark_differences(self._differences, self._look.tokens)

    def match_rect(self, number: int) -> QRect:
        """Where a match stands in the card; all of the card while its tokens are shown."""
        if not self._body.isVisibleTo(self):
            return self.rect()
        return self._body.match_rect(number).translated(self._body.pos())

    def use_look(self, look: CardLook) -> None:
        self._look = look
        self._body.set_style(look.style)
        if self._thinking is not None:
            self._thinking.set_style(_quiet(look))
        if self._details is not None:
            self._details.set_style(look.style)
        if self._strip is not None:
            self._strip.setTokens(look.tokens)
        self._actions.use_look(look)
        self._show_words()
        self._laid_out_width = -1
        self.mark(self._sought, self._current_match)
        if self._differences:
            self.mark_differences(self._differences)

    def _show_words(self) -> None:
        message = self.message
        self._words.show(message)
        speaker = "You" if message.role == "user" else "Reply"
        self.setAccessibleName(f"{speaker}: {message.text[:200]}")
        self.setAccessibleDescription(f"{mark_words(message)} {state_words(message)}".strip())
        self._body.setAccessibleName(f"{speaker}, text of the message")

    def _show_thinking(self) -> None:
        message = self.message
        if not message.thinking and not message.is_thinking:
            return
        if self._thinking_button is None:
            self._thinking_button = ActionRow(self._look, self)
            self._thinking_button.add(
                "Show or hide the thinking", self._toggle_thinking, text="Thinking"
            )
            self._thinking_button.show()
            self._thinking = MessageBody(_quiet(self._look), self)
            self._thinking.setAccessibleName("Thinking of the model")
        arrow = "▾" if self._state.thinking_open else "▸"
        self._thinking_button.rename(0, f"{arrow} {thinking_words(message)}")
        self._thinking_button.reveal(True)
        assert self._thinking is not None
        self._thinking.setVisible(self._state.thinking_open)
        if self._state.thinking_open:
            self._thinking.markdown.grow_to(message.thinking, not message.is_thinking)

    def _show_strip(self) -> None:
        lens = self.message.lens
        self._actions.show_lens(lens is not None)
        if lens is None:
            if self._strip is not None:
                self._strip.hide()
                self._strip.deleteLater()
                self._strip = None
            return
        if self._strip is None:
            self._strip = TokenStrip(self)
            self._strip.setTokens(self._look.tokens)
            self._strip.alternative_chosen.connect(
                lambda at, token: self.alternative_chosen.emit(self.message.id, at, token)
            )
            self._strip.measure_chosen.connect(lambda name: self.acted.emit(name, self.message.id))
            self._strip.show()
        self._strip.show_reply(lens.tokens, lens.measure)

    def _show_details(self) -> None:
        wanted = self._state.details_open and self.message.provenance is not None
        if not wanted:
            if self._details is not None:
                self._details.hide()
                self._details.deleteLater()
                self._details = None
            return
        if self._details is None:
            self._details = DetailsPanel(self._look.style, self)
            self._details.height_changed.connect(self._relayout)
            self._details.show()
        assert self.message.provenance is not None
        self._details.show_provenance(self.message.provenance)

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
        blocks = self._body.code_blocks()
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
        if self._details is not None:
            self.opened.emit(self._details)

    def start_edit(self) -> None:
        """Open the text in place; sending it makes a branch, the old text stays."""
        if self._edit is None:
            send = "Send as a new branch" if self.message.role == "user" else "Keep as a version"
            self._edit = EditBox(self.message.text, send, self)
            self._edit.accepted.connect(self._on_edited)
            self._edit.rejected.connect(self._end_edit)
            self._edit.show()
        self._edit.focus_text()
        self._relayout()
        self.opened.emit(self._edit)

    def _on_edited(self, text: str) -> None:
        self._end_edit()
        self.edited.emit(self.message.id, text)

    def _end_edit(self) -> None:
        if self._edit is not None:
            self._edit.hide()
            self._edit.deleteLater()
            self._edit = None
            self._relayout()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """What the keyboard can reach, from top to bottom."""
        parts = (
            self._thinking_button,
            self._thinking,
            self._edit,
            self._strip,
            self._body,
            self._details,
            self._actions,
        )
        return tuple(part for part in parts if part is not None)

    @property
    def is_in_use(self) -> bool:
        """Whether recycling the card would lose something of the user's."""
        return self._edit is not None or self._body.textCursor().hasSelection()

    def _relayout(self) -> None:
        self.show_message(replace(self.message))
        self.height_changed.emit(self.message.id)

    # ---- geometry --------------------------------------------------------------------------

    def lay_out(self, width: int) -> int:
        """Place everything for `width` pixels; the height that is needed."""
        if width != self._laid_out_width:
            self._laid_out_width = width
            is_user = self.message.role == "user"
            self.content_height = (
                self._lay_out_user(width) if is_user else self._lay_out_reply(width)
            )
            self.update()
        return self.content_height

    def _lay_out_user(self, width: int) -> int:
        tokens = self._look.tokens
        y = 4
        inner = round(width * BUBBLE_SHARE) - 2 * PAD_PX
        inner = max(self._body.text_width(inner), tokens.px(40))
        if self._words.files.isVisibleTo(self):
            inner = max(inner, self._words.files.sizeHint().width())
        if self._edit is not None:
            inner = width - 2 * PAD_PX
        left = width - inner - PAD_PX
        y = self._place_line(self._words.mark, y, left - PAD_PX, inner + 2 * PAD_PX)
        top = y
        y += 9
        y = self._place_line(self._words.files, y, left, inner)
        y = self._place_text(y, left, inner)
        if self._edit is None:
            y -= 5  # the line height leaves room below the last line
        self._bubble = QRectF(left - PAD_PX, top, inner + 2 * PAD_PX, y + 9 - top)
        row = self._actions.fit(width)
        self._actions.setVisible(self._edit is None)
        self._actions.setGeometry(width - row.width(), y + 10, row.width(), row.height())
        return y + row.height() + 10

    def _lay_out_reply(self, width: int) -> int:
        self._bubble = QRectF()
        y = self._place_line(self._words.name, 2, 0, width) + 2
        y = self._place_line(self._words.mark, y, 0, width)
        y = self._place_thinking(y, width)
        y = self._place_text(y, 0, width)
        y = self._place_line(self._words.error, y, 0, width)
        y = self._place_line(self._words.status, y, 0, width)
        y = self._place_progress(y)
        y = self._place_line(self._words.summary, y, 0, width)
        y = self._place_block(self._details, y, width)
        row = self._actions.fit(width)
        is_streaming = self.message.state == "streaming"
        self._actions.setVisible(not is_streaming)
        self._actions.setGeometry(-5, y + 2, min(row.width() + 5, width), row.height())
        return y + 2 + row.height() + 14

    def _place_progress(self, y: int) -> int:
        self._progress = QRectF()
        if self.message.busy_share is None or self.message.state != "streaming":
            return y
        self._progress = QRectF(0, y + 2, self._look.tokens.px(220), 4)
        return y + 12

    def _place_line(self, label: QLabel, y: int, x: int, width: int) -> int:
        if not label.isVisibleTo(self):
            return y
        height = max(label.heightForWidth(width), label.fontMetrics().height() + 2)
        label.setGeometry(x, y, width, height)
        return y + height + 4

    def _place_text(self, y: int, x: int, width: int) -> int:
        self._body.setVisible(self._edit is None and self._strip is None)
        if self._edit is not None:
            height = self._edit.height_for(width)
            self._edit.setGeometry(x, y, width, height)
            return y + height
        if self._strip is not None:
            height = self._strip.heightForWidth(width)
            self._strip.setGeometry(x, y, width, height)
            return y + height + 6
        if not self.message.text:
            self._body.hide()
            return y
        height = self._body.text_height(width)
        self._body.setGeometry(x, y, width, height)
        return y + height

    def _place_thinking(self, y: int, width: int) -> int:
        if self._thinking_button is None or self._thinking is None:
            return y
        row = self._thinking_button.sizeHint()
        self._thinking_button.setGeometry(-5, y, row.width(), row.height())
        y += row.height() + 4
        if not self._thinking.isVisibleTo(self):
            return y
        height = self._thinking.text_height(width - PAD_PX)
        self._thinking.setGeometry(PAD_PX, y, width - PAD_PX, height)
        return y + height + 6

    def _place_block(self, panel: DetailsPanel | None, y: int, width: int) -> int:
        if panel is None:
            return y
        height = panel.height_for(width)
        panel.setGeometry(0, y, width, height)
        return y + height + 6

    # ---- looks -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if not self._bubble.isEmpty():
            painter.setBrush(QColor(self._look.tokens.sunken))
            painter.drawRoundedRect(self._bubble, RADIUS_CARD + 2, RADIUS_CARD + 2)
        if not self._progress.isEmpty():
            done = QRectF(self._progress)
            done.setWidth(max(4.0, done.width() * (self.message.busy_share or 0.0)))
            painter.setBrush(QColor(self._look.tokens.hover))
            painter.drawRoundedRect(self._progress, 2, 2)
            painter.setBrush(QColor(self._look.tokens.accent))
            painter.drawRoundedRect(done, 2, 2)
        if self._thinking is not None and self._thinking.isVisibleTo(self):
            bar = self._thinking.geometry()
            painter.setBrush(QColor(self._look.tokens.hairline))
            painter.drawRect(QRectF(1, bar.top(), 3, bar.height() - 8))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.reveal(True)

    def leaveEvent(self, event: QEvent) -> None:
        self.reveal(False)

    def reveal(self, revealed: bool) -> None:
        self._revealed = revealed
        self._actions.reveal(revealed or self.message.is_last)


def _offers(message: ShownMessage) -> tuple[object, ...]:
    """What decides which actions there are."""
    return message.version, message.versions, message.is_compared and message.state


def _quiet(look: CardLook) -> TextStyle:
    return replace(look.style, text=look.style.secondary)
