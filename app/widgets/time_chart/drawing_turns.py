"""Several charts drawn anew one after the other: all in one turn of the event loop is felt."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.widgets.turns import NEXT_TURN_MS


class DrawingTurns(QObject):
    """One turn for each that asked, in the order in which they did. Its owner owns them, too."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._waiting: dict[Callable[[], None], None] = {}
        self._timer = QTimer(self, singleShot=True, interval=NEXT_TURN_MS)
        self._timer.timeout.connect(self._give_turn)

    def ask(self, draw: Callable[[], None]) -> None:
        """Who waits already keeps its place."""
        self._waiting[draw] = None
        if not self._timer.isActive():
            self._timer.start()

    def _give_turn(self) -> None:
        draw = next(iter(self._waiting))
        del self._waiting[draw]
        if self._waiting:
            self._timer.start()
        draw()
