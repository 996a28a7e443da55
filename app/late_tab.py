"""Tabs that are made when they are first seen: all of a page at once would be felt."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.shell.splitters import restore_splitters
from app.widgets.parts import words
from app.widgets.turns import in_turns
from models.errors import UserError

NOT_LOADED = "This part could not be loaded. Close Assay and open it again."
Tab = TypeVar("Tab", bound=QWidget)
Load = Callable[[], Generator[str, None, type[Tab]]]


class TabPlace(QWidget, Generic[Tab]):
    """Where a tab will stand. `tab` is None until then; `ready` comes when it is there."""

    ready = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.tab: Tab | None = None
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def when_ready(self, run: Callable[[Tab], object]) -> None:
        """Now, or as soon as it is there."""
        tab = self.tab
        if tab is not None:
            run(tab)
        else:
            self.ready.connect(lambda: run(self.tab) if self.tab is not None else None,
                               Qt.ConnectionType.SingleShotConnection)  # fmt: skip

    def _place(self, tab: Tab) -> None:
        self._column.addWidget(tab, 1)
        restore_splitters(tab, self._context.services.settings.current.splitters)
        self._context.theme.hand_to(tab)

    def _tell(self, tab: Tab) -> None:
        self.tab = tab
        self.ready.emit()


class TabOnDemand(TabPlace[Tab]):
    """Made at once when it is first seen or asked for."""

    def __init__(self, context: AppContext, make: Callable[[AppContext], Tab]) -> None:
        super().__init__(context)
        self._make = make

    def made(self) -> Tab:
        if self.tab is None:
            tab = self._make(self._context)
            self._place(tab)
            self._tell(tab)
            return tab
        return self.tab

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.made()


class LateTab(TabPlace[Tab]):
    """What it stands on takes seconds to import: loaded by a job, and made in turns. A tab with a
    method `complete` makes its larger half in there and returns it: a turn of its own."""

    failed = Signal(object)

    def __init__(self, context: AppContext, load: Load[Tab]) -> None:
        super().__init__(context)
        self._load = load
        self._is_loading = False
        self._loading = words("Loading…", "secondary", wrap=False)
        self._column.addWidget(self._loading, 1, Qt.AlignmentFlag.AlignCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_loading:
            self._is_loading = True
            QTimer.singleShot(0, self, self._start)

    def _start(self) -> None:
        job = self._context.jobs.start(lambda _: self._load())
        job.finished.connect(self._on_loaded)
        job.failed.connect(self._on_failed)

    def _on_loaded(self, kind: Callable[[AppContext], Tab]) -> None:
        made: list[Tab] = []
        in_turns(self, lambda: made.append(kind(self._context)), lambda: self._place(made[0]),
                 lambda: self._complete(made[0]), lambda: self._tell(made[0]))  # fmt: skip

    def _on_failed(self, error: UserError) -> None:
        self._loading.setText(NOT_LOADED)
        self.failed.emit(error)

    def _place(self, tab: Tab) -> None:
        self._loading.hide()
        super()._place(tab)

    def _complete(self, tab: Tab) -> None:
        complete = getattr(tab, "complete", None)
        if complete is not None:
            self._context.theme.hand_to(complete())
