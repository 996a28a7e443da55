"""The thinking of a model above its reply: a line to unfold it with, and its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from app.widgets.message_view.action_row import ActionRow
from app.widgets.message_view.card_look import CardLook
from app.widgets.message_view.footer_text import thinking_words
from app.widgets.message_view.message_body import MessageBody
from app.widgets.message_view.shown import ShownMessage
from app.widgets.message_view.text_style import TextStyle

INDENT_PX = 12


class ThinkingFold:
    """Two parts of `card`; `toggle` runs when the line is clicked."""

    def __init__(self, look: CardLook, toggle: Callable[[], None], card: QWidget) -> None:
        self._card = card
        self.button = ActionRow(look, card)
        self.button.add("Show or hide the thinking", toggle, text="Thinking")
        self.button.show()
        self.body = MessageBody(_quiet(look), card)
        self.body.setAccessibleName("Thinking of the model")

    def show(self, message: ShownMessage, is_open: bool) -> None:
        self.button.rename(0, f"{'▾' if is_open else '▸'} {thinking_words(message)}")
        self.button.reveal(True)
        self.body.setVisible(is_open)
        if is_open:
            self.body.markdown.grow_to(message.thinking, not message.is_thinking)

    def use_look(self, look: CardLook) -> None:
        self.body.set_style(_quiet(look))

    def place(self, y: int, width: int) -> int:
        """At the left edge from `y` on; where the next part begins."""
        row = self.button.sizeHint()
        self.button.setGeometry(-5, y, row.width(), row.height())
        y += row.height() + 4
        if not self.body.isVisibleTo(self._card):
            return y
        height = self.body.text_height(width - INDENT_PX)
        self.body.setGeometry(INDENT_PX, y, width - INDENT_PX, height)
        return y + height + 6

    @property
    def bar(self) -> QRectF:
        """To be painted beside the text; empty while it is folded."""
        if not self.body.isVisibleTo(self._card):
            return QRectF()
        text = self.body.geometry()
        return QRectF(1, text.top(), 3, text.height() - 8)


def _quiet(look: CardLook) -> TextStyle:
    return replace(look.style, text=look.style.secondary)
