"""The downloads that run, and how those before them ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.models.get_models_parts import DownloadRow
from models.download.choices import Choice
from models.download.hub import Hub
from models.download.offer import Offer
from models.errors import UserError


class Downloads(QWidget):
    """A row each. `changed` carries repository, choice and the state its row in the offer shows;
    `again_asked` offer and choice; `failed` a UserError and what to do again."""

    changed = Signal(str, str, str)
    arrived = Signal(object)
    shown = Signal(object)
    again_asked = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, context: AppContext, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._hub = context, hub
        self._running: dict[tuple[str, str], Job] = {}
        self._rows: dict[tuple[str, str], DownloadRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def running_in(self, repo: str) -> list[str]:
        """Ids of the choices of a repository that are on their way."""
        return [choice for name, choice in self._running if name == repo]

    def row(self, choice: Choice) -> DownloadRow | None:
        return next((row for key, row in self._rows.items() if key[1] == choice.id), None)

    def start(self, offer: Offer, choice: Choice) -> None:
        """Once at a time for each choice; a row of an earlier try gives way."""
        key = offer.listing.repo, choice.id
        if key in self._running:
            return
        self._take_away(key)
        job = self._context.jobs.start(
            lambda token: self._hub.download(offer, choice, token),
            f"Download {choice.name}",
            summary=lambda _path: f"{choice.name} is here.",
        )
        row = DownloadRow(job)
        self._running[key], self._rows[key] = job, row
        self._context.theme.hand_to(row)
        self._column.insertWidget(0, row)
        self.show()
        self.changed.emit(*key, "downloading")
        again = partial(self.again_asked.emit, offer, choice)
        job.finished.connect(partial(self._on_arrived, key))
        job.failed.connect(partial(self._on_failed, key, again))
        job.cancelled.connect(partial(self._on_stopped, key, again))
        job.ended.connect(partial(self._on_ended, key))

    def _on_arrived(self, key: tuple[str, str], path: Path) -> None:
        row = self._rows[key]
        row.show_end(
            "Here and checked: it is exactly what the hub lists.", "good", "Show in the list"
        )
        row.acted.connect(partial(self._show_arrived, key, path))
        self.arrived.emit(path)

    def _on_failed(self, key: tuple[str, str], again: Callable[[], None], error: UserError) -> None:
        self._rows[key].show_end(str(error), "danger", "Try again")
        self._rows[key].acted.connect(again)
        self.failed.emit(error, again)

    def _on_stopped(self, key: tuple[str, str], again: Callable[[], None]) -> None:
        self._rows[key].show_end("Stopped by you. What has arrived is kept.", "small", "Go on")
        self._rows[key].acted.connect(again)

    def _on_ended(self, key: tuple[str, str]) -> None:
        job = self._running.pop(key)
        self.changed.emit(*key, "here" if job.state == "finished" else "offered")

    def _show_arrived(self, key: tuple[str, str], path: Path) -> None:
        self._take_away(key)
        self.shown.emit(path)

    def _take_away(self, key: tuple[str, str]) -> None:
        if row := self._rows.pop(key, None):
            row.hide()
            row.deleteLater()
        self.setVisible(bool(self._rows))
