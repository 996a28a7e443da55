"""What stands on the right: the options of the chat, or exactly what was sent."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.pages.chat.options_panel import OptionsPanel
from app.pages.chat.sent_panel import SentPanel

ROOM_FOR_THREE_PX = 1080


class SidePanel(QStackedWidget):
    """In a narrow window the list of chats makes room for it while it is shown."""

    def __init__(self, chat_list: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = OptionsPanel()
        self.sent = SentPanel()
        self._list = chat_list
        self._list_made_room = False
        self.addWidget(self.options)
        self.addWidget(self.sent)
        self.setMinimumWidth(280)
        self.hide()
        self.sent.closed.connect(self.close_panel)

    @property
    def shows_options(self) -> bool:
        return not self.isHidden() and self.currentWidget() is self.options

    def open_panel(self, panel: QWidget) -> None:
        self.setCurrentWidget(panel)
        self.show()
        row = self.parentWidget()
        if row is not None and row.width() < ROOM_FOR_THREE_PX and not self._list.isHidden():
            self._list.hide()
            self._list_made_room = True

    def close_panel(self) -> None:
        self.hide()
        if self._list_made_room:
            self._list.show()
            self._list_made_room = False

    def toggle_list(self) -> None:
        """The user's own wish about the list counts from here on."""
        self._list_made_room = False
        self._list.setVisible(self._list.isHidden())
