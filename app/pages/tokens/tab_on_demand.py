"""A tab whose content is made when it is first seen or asked for: all at once would be felt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

Tab = TypeVar("Tab", bound=QWidget)


class TabOnDemand(QWidget, Generic[Tab]):
    """`made` brings the content, once."""

    made = Signal(object)

    def __init__(self, make: Callable[[], Tab]) -> None:
        super().__init__()
        self._make = make
        self.content: Tab | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def tab(self) -> Tab:
        if self.content is None:
            self.content = self._make()
            self._column.addWidget(self.content)
            self.made.emit(self.content)
        return self.content

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        _ = self.tab
