"""Messages that change many times a second, shown at a pace that leaves the window its time."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from app.widgets.message_view.shown import ShownMessage

UPDATE_INTERVAL_MS = 33
BUSY_SHARE = 8  # after an update that took t, rest for at least this many t


class PacedUpdates(QObject):
    """`due` carries a list with the newest state of each message that changed; one that has ended
    is not held back."""

    due = Signal(list)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[int, ShownMessage] = {}
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._flush)

    def take(self, message: ShownMessage) -> None:
        self._waiting[message.id] = message
        if not self._rest.isActive() or message.state != "streaming":
            self._flush()

    def clear(self) -> None:
        """Forget what waits: other messages are shown now."""
        self._waiting.clear()

    def _flush(self) -> None:
        if not self._waiting:
            return
        started_s = time.perf_counter()
        waiting, self._waiting = self._waiting, {}
        self.due.emit(list(waiting.values()))
        cost_ms = (time.perf_counter() - started_s) * 1000
        self._rest.start(round(max(UPDATE_INTERVAL_MS, BUSY_SHARE * cost_ms)))
