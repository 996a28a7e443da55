"""The chats, the conversation and the side panel next to each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from app.pages.chat.side_panel import SidePanel

FIRST_SIZES_PX = [240, 700, 320]


class ThreePanes(QSplitter):
    """Only the conversation in the middle grows with the window; the window remembers sizes."""

    def __init__(self, chat_list: QWidget, area: QWidget, side: SidePanel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("chat-splitter")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        chat_list.setMinimumWidth(200)
        area.setMinimumWidth(360)
        for widget, stretch in ((chat_list, 0), (area, 1), (side, 0)):
            self.addWidget(widget)
            self.setStretchFactor(self.count() - 1, stretch)
        side.watch(self)
        self.setSizes(FIRST_SIZES_PX)
