"""A view that is made when it is first seen: one that nobody looks at costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.turns import in_turns

View = TypeVar("View", bound=QWidget)


class LateView(QWidget, Generic[View]):
    """`make` gives the view, which then takes its place and makes the rest of itself with
    `complete` where it has such a method; `dress` gives its colours, and `fill` brings what it
    shows: each in a turn of its own, the last again when it is seen after a change."""

    def __init__(
        self, make: Callable[[], View], dress: Callable[[View], object],
        fill: Callable[[View], object],
    ) -> None:  # fmt: skip
        super().__init__()
        self._make, self._dress, self._fill = make, dress, fill
        self._is_due = self._is_coming = False
        self.view: View | None = None  # None until it was seen
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def refill(self) -> None:
        """What it shows is another."""
        self._is_due = True
        if self.isVisible():
            self._bring()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._bring()

    def _bring(self) -> None:
        if self.view is not None:
            self._fill_it()  # at once: what it showed before is not seen again
        elif self._is_due and not self._is_coming:
            self._is_coming = True
            in_turns(self, self._make_it, lambda: self._column.addWidget(self._placed),
                     self._complete, lambda: self._dress(self._placed), self._reveal)  # fmt: skip

    def _make_it(self) -> None:
        self._placed = self._make()

    def _complete(self) -> None:
        complete = getattr(self._placed, "complete", None)
        if complete is not None:
            complete()

    def _reveal(self) -> None:
        self.view = self._placed
        self._fill_it()

    def _fill_it(self) -> None:
        if self._is_due and self.view is not None:
            self._is_due = False
            self._fill(self.view)
