"""Finds a text in the conversation on screen and goes from place to place."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.widgets.message_view.marks import count_in_source
from app.widgets.message_view.view import MessageView


class Finder(QObject):
    """Messages far away are counted by their source; what comes into sight is counted exactly."""

    counted = Signal(int, int)  # which one is shown, from 1, and how many there are

    def __init__(self, view: MessageView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._sought = ""
        self._counts: dict[int, int] = {}
        self._current: tuple[int, int] | None = None  # message id, number within it from 0

    def seek(self, sought: str) -> None:
        """Mark every place and show the first at or below what is in sight; "" ends it."""
        self._sought, self._current = sought, None
        self._view.mark(sought)
        self._recount()
        start = self._view.first_in_sight()
        ids = [message.id for message in self._view.messages]
        begin = ids.index(start) if start in ids else 0
        self._show_first([*ids[begin:], *ids[:begin]])

    def step(self, step: int) -> None:
        """On (+1) or back (-1), and around at the ends."""
        if self._current is None:
            self.seek(self._sought)
            return
        message_id, number = self._current
        if 0 <= number + step < self._counts.get(message_id, 0):
            self._show(message_id, number + step)
            return
        ids = [message.id for message in self._view.messages]
        at = ids.index(message_id) if message_id in ids else 0
        around = (
            [*ids[at + 1 :], *ids[: at + 1]] if step > 0 else [*ids[:at][::-1], *ids[at:][::-1]]
        )
        self._show_first(around, from_end=step < 0)

    def refresh(self) -> None:
        """The conversation has changed; stay where this is possible."""
        if not self._sought:
            return
        self._recount()
        if self._current is not None and self._current[0] not in self._counts:
            self._current = None
        self._tell()

    # ---- inside ----------------------------------------------------------------------------

    def _recount(self) -> None:
        self._counts = {
            message.id: self._view.matches_in(
                message.id, count_in_source(message.text, self._sought)
            )
            for message in self._view.messages
        }
        self._tell()

    def _show_first(self, ids: list[int], *, from_end: bool = False) -> None:
        """The first message that shows the text; its source may name it where its words do not."""
        for message_id in ids:
            if not self._counts[message_id]:
                continue
            self._view.scroll_to(message_id)
            self._counts[message_id] = self._view.matches_in(message_id, 0)
            if self._counts[message_id]:
                self._show(message_id, self._counts[message_id] - 1 if from_end else 0)
                return
        self._tell()

    def _show(self, message_id: int, number: int) -> None:
        self._current = (message_id, number)
        self._view.show_match(message_id, number)
        self._tell()

    def _tell(self) -> None:
        before = 0
        if self._current is not None:
            message_id, number = self._current
            for known, count in self._counts.items():
                if known == message_id:
                    break
                before += count
            before += number + 1
        self.counted.emit(before, sum(self._counts.values()))
