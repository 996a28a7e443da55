"""The model the user works with now, the same on every page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class CurrentModel(QObject):
    """`model` is a path, "sim:NAME", or "" while none is chosen."""

    changed = Signal(str)

    def __init__(self, model: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    @property
    def model(self) -> str:
        return self._model

    def choose(self, model: str) -> None:
        """Make `model` the current one; `changed` follows only when it is another."""
        if model != self._model:
            self._model = model
            self.changed.emit(model)
