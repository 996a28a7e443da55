"""What is dropped onto the window, wherever it falls."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QUrl, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


class DropGate(QObject):
    """Takes models and the work of labs before any field can write down their addresses; the rest
    goes to whatever it is dropped on."""

    models_dropped = Signal(tuple)
    work_dropped = Signal(tuple)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._models: tuple[Path, ...] = ()  # of what is over the window
        self._work: tuple[Path, ...] = ()
        window.winId()  # a window that nobody has seen yet has no handle before
        handle = window.windowHandle()
        assert handle is not None
        handle.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() not in DRAGS:
            return False
        assert isinstance(event, QDragMoveEvent | QDropEvent)
        if event.type() == QEvent.Type.DragEnter:  # once: a folder may be slow to look into
            urls = event.mimeData().urls()
            self._models, self._work = models_in(urls), work_in(urls)
        if not self._models and not self._work:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._let_go()
        return True

    def _let_go(self) -> None:
        if self._models:
            self.models_dropped.emit(self._models)
        if self._work:
            self.work_dropped.emit(self._work)


def _holds_runs(path: Path) -> bool:
    from app.runs.run_links import holds_runs  # nobody needs it before something is dropped

    return holds_runs(path)


def models_in(urls: Sequence[QUrl]) -> tuple[Path, ...]:
    """What may hold a model: GGUF files, and folders without runs."""
    return tuple(
        path for path in _paths(urls)
        if path.suffix.lower() == ".gguf" or (os.path.isdir(path) and not _holds_runs(path))
    )  # fmt: skip


def work_in(urls: Sequence[QUrl]) -> tuple[Path, ...]:
    """What the Labs page may open: zip files, which show what they hold when they are opened, and
    folders of runs."""
    return tuple(
        path for path in _paths(urls)
        if (path.suffix.lower() == ".zip" and path.is_file()) or _holds_runs(path)
    )  # fmt: skip


def _paths(urls: Sequence[QUrl]) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
