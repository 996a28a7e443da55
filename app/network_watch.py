"""Tells the window how Assay stands to the network."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.network_state import NetworkState
from app.services import Services
from models.network import Attempt

LOOK_MS = 100
GONE = ("stopped", "crashed")


class NetworkWatch(QObject):
    """Follows gate, ledger, pool and settings, which tell from whatever thread; its signals come
    in the window's, many changes as one."""

    changed = Signal(object)  # NetworkState
    refused = Signal(object)  # the first Attempt since the start that no act had asked for
    _told = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._has_told_refusal = False
        self._timer = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._timer.timeout.connect(self.tell)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        gate, tell = services.gate, self._told.emit
        self._ends = [
            gate.subscribe(tell),
            gate.ledger.subscribe(lambda _attempt: tell()),
            services.pool.subscribe(tell),
            services.settings.subscribe(lambda _settings: tell()),
        ]
        ends = self._ends
        self.destroyed.connect(lambda: _end_all(ends))

    def close(self) -> None:
        """Follow nothing any more."""
        self._timer.stop()
        _end_all(self._ends)

    def state(self) -> NetworkState:
        """As it is now."""
        gate, pool = self._services.gate, self._services.pool
        running = [act.reason for act in gate.running]
        running += [each.open_for for each in pool.status() if each.state not in GONE]
        outside = tuple(dict.fromkeys(filter(None, running)))
        return NetworkState(gate.is_sealed, outside, gate.ledger.refused)

    def tell(self) -> None:
        """Say it as it is now."""
        self.changed.emit(self.state())
        if not self._has_told_refusal and (attempt := self._unasked()):
            self._has_told_refusal = True
            self.refused.emit(attempt)

    def _on_told(self) -> None:
        is_closed = not self._ends  # what was told just before arrives after it
        if not is_closed and not self._timer.isActive():
            self._timer.start()

    def _unasked(self) -> Attempt | None:
        tries = self._services.gate.ledger.attempts
        return next((each for each in tries if not each.allowed and each.event != "act"), None)


def _end_all(ends: list[Callable[[], None]]) -> None:
    while ends:
        ends.pop()()
