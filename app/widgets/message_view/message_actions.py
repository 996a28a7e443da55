"""Which actions a message offers, and in what order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.widgets.message_view.action_row import ActionButton, ActionRow
from app.widgets.message_view.card_look import CardLook
from app.widgets.message_view.shown import ShownMessage

UNSURE_WORDS = "Where it was unsure"
SIX_WAYS_WORDS = "Ask it six ways"
KEEP_WORDS = "Go on with it"


class MessageActions(ActionRow):
    """Calls `act` with the name of an action: those of shown.py, "copy", "edit", "details"."""

    def __init__(
        self, message: ShownMessage, look: CardLook, act: Callable[[str], None], parent: QWidget
    ) -> None:
        super().__init__(look, parent)
        self._act = act
        self._unsure: ActionButton | None = None
        if message.role == "user":
            self._add_for_user(message)
        else:
            self._add_for_reply(message)

    def show_lens(self, on: bool) -> None:
        """The lens turns into the way back while it is on."""
        if self._unsure is not None:
            self._unsure.setText("Show as text" if on else UNSURE_WORDS)

    def _add_for_user(self, message: ShownMessage) -> None:
        self._add("Copy as text", "copy", icon="copy")
        self._add("Edit", "edit", icon="pencil-simple")
        self._add("Branch from here", "branch", icon="git-branch")
        self._add("Ask again", "regenerate", icon="arrow-clockwise")
        if message.asks_yes_no:
            self._add(SIX_WAYS_WORDS, "six_ways", text=SIX_WAYS_WORDS)
        self._add_versions(message)  # at the edge, below the end of the message

    def _add_for_reply(self, message: ShownMessage) -> None:
        if message.is_compared:
            self._add("Copy as text", "copy", icon="copy")
            self._add("How this reply was made", "details", icon="info")
            if message.state in ("complete", "stopped"):
                self._add("Go on with this reply", "keep", text=KEEP_WORDS)
            return
        self._add_versions(message)
        self._add("Copy as text", "copy", icon="copy")
        self._add("Edit", "edit", icon="pencil-simple")
        self._add("Regenerate", "regenerate", icon="arrow-clockwise")
        self._add("Continue this reply", "continue", icon="play")
        self._add("Branch from here", "branch", icon="git-branch")
        self._add("How this reply was made", "details", icon="info")
        self._unsure = self._add("See where it was unsure", "unsure", text=UNSURE_WORDS)
        self._add("See exactly what was sent", "sent", text="What was sent")

    def _add_versions(self, message: ShownMessage) -> None:
        if message.versions < 2:
            return
        older = self._add("Older version", "older", icon="caret-left")
        self.add_label(f"{message.version}/{message.versions}")
        newer = self._add("Newer version", "newer", icon="caret-right")
        older.always_drawn = newer.always_drawn = True
        older.setEnabled(message.version > 1)
        newer.setEnabled(message.version < message.versions)

    def _add(self, name: str, action: str, *, icon: str = "", text: str = "") -> ActionButton:
        return self.add(name, lambda: self._act(action), icon=icon, text=text)
