"""What stands on the right: the options of the chat, or exactly what was sent."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from app.pages.chat.options_panel import OptionsPanel
from app.pages.chat.sent_panel import SentPanel

BESIDE_PX = 760  # what list and conversation want beside it
LEAST_PX, MOST_PX = 280, 480


class SidePanel(QStackedWidget):
    """In a narrow window the list of chats makes room for it while it is shown."""

    focus_left = Signal()

    def __init__(self, chat_list: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = OptionsPanel()
        self.sent = SentPanel()
        self._list = chat_list
        self._list_made_room = False
        self.addWidget(self.options)
        self.addWidget(self.sent)
        self.hide()
        self.sent.closed.connect(self.close_panel)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for every field of the options, also in larger text."""
        return QSize(max(LEAST_PX, min(self.options.needed_px, MOST_PX)), 0)

    @property
    def shows_options(self) -> bool:
        return not self.isHidden() and self.currentWidget() is self.options

    @property
    def shows_sent(self) -> bool:
        return not self.isHidden() and self.currentWidget() is self.sent

    def open_panel(self, panel: QWidget) -> None:
        self.setCurrentWidget(panel)
        self.show()
        self._share_room()

    def watch(self, row: QWidget) -> None:
        """Look at the room again whenever `row`, which holds all three, changes its size."""
        row.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._share_room()
        return False

    def _share_room(self) -> None:
        row = self.parentWidget()
        enough = row is None or row.width() >= BESIDE_PX + self.minimumSizeHint().width()
        if not enough and not self._list.isHidden():
            self._list.hide()
            self._list_made_room = True
        elif enough and self._list_made_room:
            self._list.show()
            self._list_made_room = False

    def close_panel(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.focus_left.emit()  # or it would jump to whatever is next
        self.hide()
        if self._list_made_room:
            self._list.show()
            self._list_made_room = False

    def toggle_list(self) -> None:
        """The user's own wish about the list counts from here on."""
        self._list_made_room = False
        self._list.setVisible(self._list.isHidden())
