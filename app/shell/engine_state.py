"""The state of the loaded models as one line, in the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.current_model import CurrentModel
from models.library.entry import short_name

if TYPE_CHECKING:
    from models.engine.pool import EngineStatus, Pool

WORDS = {
    "starting": "is starting",
    "loading": "is loading",
    "ready": "ready",
    "busy": "is working",
    "stopped": "not loaded",
    "crashed": "crashed",
}


class EngineState(QObject):
    """Tells of the current model, or of another one that is loaded while that one is not."""

    changed = Signal(str, str, str)  # model, state, words
    _told = Signal()

    def __init__(
        self, pool: Pool, current_model: CurrentModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._current = current_model
        # The pool tells from whatever thread; its states are read here.
        self._told.connect(self.tell, Qt.ConnectionType.QueuedConnection)
        current_model.changed.connect(self.tell)
        pool.subscribe(lambda *_: self._told.emit())

    def tell(self, _model: str = "") -> None:
        """Say the state as it is now."""
        status = self._interesting(self._pool.status())
        if status is not None:
            words = status.detail or WORDS.get(status.state, status.state)
            self.changed.emit(short_name(status.model), status.state, words)
        elif self._current.model:
            self.changed.emit(short_name(self._current.model), "stopped", WORDS["stopped"])
        else:
            self.changed.emit("", "", "No model chosen")

    def _interesting(self, statuses: tuple[EngineStatus, ...]) -> EngineStatus | None:
        for status in statuses:
            if status.model == self._current.model:
                return status
        return next((status for status in statuses if status.state != "stopped"), None)
