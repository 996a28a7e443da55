"""What stands on a card. Most of it is made only when there is something to show in it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.widgets.message_view.card_words import CardWords
from app.widgets.message_view.details_panel import DetailsPanel
from app.widgets.message_view.edit_box import EditBox
from app.widgets.message_view.message_actions import MessageActions
from app.widgets.message_view.message_body import MessageBody
from app.widgets.message_view.thinking_fold import ThinkingFold
from app.widgets.token_strip import TokenStrip


@dataclass
class CardParts:
    """`strip` shows the tokens of a reply in place of its `body`, `edit` its text to change."""

    words: CardWords
    body: MessageBody
    actions: MessageActions
    thinking: ThinkingFold | None = None
    edit: EditBox | None = None
    strip: TokenStrip | None = None
    details: DetailsPanel | None = None

    def in_tab_order(self) -> tuple[QWidget, ...]:
        """What the keyboard can reach, from top to bottom."""
        thinking = (self.thinking.button, self.thinking.body) if self.thinking else ()
        parts = (*thinking, self.edit, self.strip, self.body, self.details, self.actions)
        return tuple(part for part in parts if part is not None)
