"""The models that Ollama is pulling, and how earlier pulls ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from app.context import AppContext
from app.jobs import Job
from app.pages.models import servers_work as work
from app.pages.models.get_models_parts import DownloadRow
from models.errors import UserError
from models.network import Sealed
from models.remote.servers import Servers


class Pulls(QObject):
    """A row each in `column`. `failed` carries a UserError and what to do again."""

    pulled = Signal()
    failed = Signal(object, object)

    def __init__(
        self, context: AppContext, servers: Servers, column: QVBoxLayout, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context, self._servers, self._column = context, servers, column
        self._running: dict[str, Job] = {}
        self._rows: dict[str, DownloadRow] = {}

    def row(self, name: str) -> DownloadRow | None:
        return self._rows.get(name)

    def start(self, name: str) -> None:
        """Once at a time for each model; a row of an earlier try gives way."""
        if name in self._running:
            return
        self._take_away(name)
        job = self._context.jobs.start(
            lambda token: work.pull(self._servers, name, token),
            f"Pull {name}",
            summary=lambda _state: f"{name} is in Ollama.",
        )
        row = DownloadRow(job)
        self._running[name], self._rows[name] = job, row
        self._context.theme.hand_to(row)
        self._column.insertWidget(0, row)
        again = partial(self.start, name)
        job.finished.connect(lambda _state: self._on_pulled(name))
        job.failed.connect(lambda error: self._on_failed(name, again, error))
        job.cancelled.connect(lambda: self._on_stopped(name, again))
        job.ended.connect(lambda: self._running.pop(name))

    def _on_pulled(self, name: str) -> None:
        self._rows[name].show_end("Here. It is in the list above.", "good", "Close")
        self._rows[name].acted.connect(partial(self._take_away, name))
        self.pulled.emit()

    def _on_failed(self, name: str, again: Callable[[], None], error: UserError) -> None:
        if isinstance(error, Sealed):  # the bar asks; nothing has begun
            self._take_away(name)
        else:
            self._rows[name].show_end(str(error), "danger", "Try again")
            self._rows[name].acted.connect(again)
        self.failed.emit(error, again)

    def _on_stopped(self, name: str, again: Callable[[], None]) -> None:
        ending = "Stopped by you. Ollama keeps what has arrived."
        self._rows[name].show_end(ending, "small", "Go on")
        self._rows[name].acted.connect(again)

    def _take_away(self, name: str) -> None:
        if row := self._rows.pop(name, None):
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
