"""The runs of experiments that go on behind the pages, for whoever has to wait for their model."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal

PAUSED_NOTICE = "run paused"  # key of the notice that offers to resume


class HoldsModel(Protocol):
    """`holder` is what the pool tells those who wait."""

    @property
    def holder(self) -> str: ...

    @property
    def is_paused(self) -> bool: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...


class LiveRuns(QObject):
    """The Labs page adds and removes; other pages ask."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[HoldsModel] = []

    def add(self, run: HoldsModel) -> None:
        self._runs.append(run)
        self.changed.emit()

    def remove(self, run: HoldsModel) -> None:
        if run in self._runs:
            self._runs.remove(run)
            self.changed.emit()

    def held_by(self, holder: str) -> HoldsModel | None:
        """The run that `holder` names and that could be paused."""
        return next((r for r in self._runs if r.holder == holder and not r.is_paused), None)
