"""Views of which one is in front."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QStackedWidget, QWidget


class Views(QStackedWidget):
    """The keys of whoever was in here go to what scrolls in the new view: the list, or the page.
    Qt would choose the first button, which is the way back."""

    def show_view(self, view: QWidget) -> None:
        focus = QApplication.focusWidget()
        is_mine = self.isVisible() and (focus is None or self.isAncestorOf(focus))
        self.setCurrentWidget(view)
        area = view.findChild(QAbstractScrollArea)
        if is_mine and area is not None:
            area.setFocus(Qt.FocusReason.OtherFocusReason)
