"""Tabs that are not drawn anew whenever something in them changes its size."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QStyle, QStyleOptionTabWidgetFrame, QTabWidget


class PageTabs(QTabWidget):
    """Qt lays its bar out again, and draws the page with all that is on it, at each word that a
    page changes; only who stands around has to know of that, while the bar stands where it
    should."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setAccessibleName(name)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self._is_laid_out():
            self.updateGeometry()
            return True
        return super().event(event)

    def _is_laid_out(self) -> bool:
        """A style that came since may want the bar elsewhere."""
        option = QStyleOptionTabWidgetFrame()
        self.initStyleOption(option)
        wanted = self.style().subElementRect(QStyle.SubElement.SE_TabWidgetTabBar, option, self)
        return self.tabBar().geometry() == wanted
