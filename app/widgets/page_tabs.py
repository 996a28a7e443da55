"""Tabs that are not drawn anew whenever something in them changes its size."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QTabWidget


class PageTabs(QTabWidget):
    """Qt lays its bar out again, and draws the page with all that is on it, at each word that a
    page changes; only who stands around has to know of that."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setAccessibleName(name)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            return True
        return super().event(event)
