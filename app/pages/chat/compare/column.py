"""One of two columns: a model, and what it answers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.pages.chat.live_reply import LiveReply
from app.pages.chat.shown_branch import shown_message
from app.widgets.message_view.shown import ShownMessage
from app.widgets.message_view.view import MessageView
from app.widgets.model_picker import ModelPicker
from labs.chat.conversation import Message
from labs.chat.differences import Stretch


class CompareColumn(QWidget):
    """`name` tells the columns apart for a screen reader."""

    keep_asked = Signal(int)
    link_clicked = Signal(str)
    said = Signal(str)

    def __init__(self, picker: ModelPicker, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = picker
        self.model = ""
        self.view = MessageView()
        self.view.setAccessibleName(f"Reply in the {name} column")
        self._empty = QLabel("Its reply will stand here.")
        self._empty.setProperty("role", "secondary")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self._live: LiveReply | None = None
        self._lay_out()
        picker.chosen.connect(self.choose)
        self.view.acted.connect(self._on_action)
        self.view.link_clicked.connect(self.link_clicked)
        self.view.said.connect(self.said)

    def choose(self, model: str) -> None:
        self.model = model
        self.picker.set_current(model)

    # ---- the reply -------------------------------------------------------------------------

    @property
    def reply(self) -> ShownMessage | None:
        """What stands in the column now."""
        shown = self.view.messages
        return shown[0] if shown else None

    @property
    def shown_text(self) -> str:
        """The finished answer as it is read; "" while there is none."""
        reply = self.reply
        card = self.view.card(reply.id) if reply is not None else None
        is_there = reply is not None and reply.state in ("complete", "stopped")
        return card.shown_text if card is not None and is_there else ""

    def clear(self) -> None:
        self._live = None
        self.view.set_messages([])
        self._stack.setCurrentWidget(self._empty)

    def wait(self, sentence: str) -> None:
        """Say what the model waits for before its turn comes."""
        self._live = LiveReply(self.picker.current_name)
        self._show(replace(self._live.shown, busy=sentence))

    def take(self, event: object) -> None:
        """An event of its turn; see LiveReply."""
        if self._live is None:
            self._live = LiveReply(self.picker.current_name)
        self._live.take(event)
        self._show(self._live.shown)

    def finish(self, message: Message) -> None:
        self._show(shown_message(message))

    def fail(self, sentence: str) -> None:
        reply = self.reply or LiveReply(self.picker.current_name).shown
        self._show(replace(reply, state="failed", error=sentence, busy=""))

    def mark(self, stretches: tuple[Stretch, ...]) -> None:
        """Mark these stretches of `shown_text`; () takes the marks away."""
        card = self.view.card(self.reply.id) if self.reply is not None else None
        if card is not None:
            card.mark_differences(stretches)

    def _show(self, reply: ShownMessage) -> None:
        reply = replace(reply, is_compared=True, is_last=True)
        self._stack.setCurrentWidget(self.view)
        if self.reply is None or self.reply.id != reply.id:
            self.view.set_messages([reply])
        else:
            self.view.update_message(reply)

    def _on_action(self, action: str, message_id: int) -> None:
        if action == "keep":
            self.keep_asked.emit(message_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(24, 8, 24, 4)
        head.addWidget(self.picker)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
