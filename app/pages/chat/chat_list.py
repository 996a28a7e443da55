"""All chats on the left: search, pin, rename, bin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.pages.chat.chat_rows import ROW_ROLE, ChatRow, ChatRowPainter, ChatRows
from app.widgets.tokens import Tokens
from labs.chat.conversation import Chat
from labs.chat.search import SearchHit

SEARCH_DELAY_MS = 120


class ChatList(QWidget):
    """Shows what it is given; what the user wants goes out as signals."""

    opened = Signal(int, object)  # chat id, message id or None
    new_requested = Signal()
    search_requested = Signal(str)
    search_left = Signal()
    pin_requested = Signal(int, bool)
    renamed = Signal(int, str)
    bin_requested = Signal(int)
    export_requested = Signal(int, QPoint)
    import_requested = Signal()
    bin_shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chat-list")
        self._current_id: int | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search all chats")
        self.search.setAccessibleName("Search all chats")
        self.search.setClearButtonEnabled(True)
        leave = QShortcut(Qt.Key.Key_Escape, self.search, self.search_left.emit)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.new_button = QPushButton("New chat")
        self.new_button.setAccessibleName("New chat")
        self._rows = ChatRows(self)
        self._painter = ChatRowPainter(self)
        self.view = _RowsView()  # takes its place, also that for Tab, when it is laid out
        self.view.setStyleSheet("QListView { background: transparent; border: 0; }")
        self.view.setModel(self._rows)
        self.view.setItemDelegate(self._painter)
        self.bin_button = QPushButton()
        self.bin_button.setProperty("role", "quiet")
        self.bin_button.hide()
        self._nothing = QLabel()
        self._nothing.setProperty("role", "secondary")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._lay_out()
        self._connect_signals()

    # ---- content ---------------------------------------------------------------------------

    def show_chats(self, chats: Sequence[Chat], running: frozenset[int] = frozenset()) -> None:
        rows, last_heading = [], ""
        for chat in chats:
            heading = "Pinned" if chat.pinned else day_words(chat.updated_at)
            rows.append(
                ChatRow(
                    chat.id,
                    chat.title or "New chat",
                    pinned=chat.pinned,
                    heading=heading if heading != last_heading else "",
                    running=chat.id in running,
                )
            )
            last_heading = heading
        self._show(rows, "No chats yet. What you write is kept here, on this computer.")

    def show_hits(self, hits: Sequence[SearchHit]) -> None:
        rows = [
            ChatRow(hit.chat_id, hit.chat_title, hit.message_id, hit.snippet, hit.matches)
            for hit in hits
        ]
        self._show(rows, "Nothing found. Every word has to occur; try fewer.")

    def mark_current(self, chat_id: int | None) -> None:
        self._current_id = chat_id
        for number, row in enumerate(self._rows.rows):
            if row.chat_id == chat_id:
                self.view.setCurrentIndex(self._rows.index(number))
                return
        self.view.clearSelection()
        self.view.setCurrentIndex(QModelIndex())

    def show_bin_count(self, count: int) -> None:
        """The way to the bin is there while something is in it."""
        self.bin_button.setText(f"Bin ({count})")
        self.bin_button.setAccessibleName(f"Bin, {count} chats")
        self.bin_button.setVisible(count > 0)

    @property
    def rows(self) -> tuple[ChatRow, ...]:
        return self._rows.rows

    def setTokens(self, tokens: Tokens) -> None:
        self._painter.tokens = tokens
        self._rows.layoutChanged.emit()

    def _show(self, rows: list[ChatRow], nothing: str) -> None:
        self._rows.show(rows)
        self._nothing.setText(nothing)
        self._nothing.setVisible(not rows)
        self.view.setVisible(bool(rows))
        self.mark_current(self._current_id)

    # ---- inside ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(12, 12, 12, 8)
        top.setSpacing(8)
        top.addWidget(self.new_button)
        top.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        nothing = QHBoxLayout()
        nothing.setContentsMargins(20, 20, 20, 20)
        nothing.addWidget(self._nothing)
        column.addLayout(nothing)
        column.addWidget(self.bin_button)

    def _connect_signals(self) -> None:
        self.new_button.clicked.connect(self.new_requested)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search_left.connect(self.search.clear)
        self._timer.timeout.connect(lambda: self.search_requested.emit(self.search.text()))
        self.bin_button.clicked.connect(self.bin_shown)
        self.view.clicked.connect(self._open)
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.bin_pressed.connect(self._bin_current)
        self.view.rename_pressed.connect(self._rename_current)

    def _open(self, index: QModelIndex) -> None:
        row: ChatRow = index.data(ROW_ROLE)
        self.opened.emit(row.chat_id, row.message_id)

    def _current(self) -> ChatRow | None:
        index = self.view.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    def _bin_current(self) -> None:
        row = self._current()
        if row is not None:
            self.bin_requested.emit(row.chat_id)

    def _rename_current(self) -> None:
        row = self._current()
        if row is not None:
            self.start_rename(row)

    def _show_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        row: ChatRow = index.data(ROW_ROLE)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pin = "Unpin" if row.pinned else "Pin"
        menu.addAction(pin, lambda: self.pin_requested.emit(row.chat_id, not row.pinned))
        menu.addAction("Rename…", lambda: self.start_rename(row))
        menu.addAction(
            "Export…",
            lambda: self.export_requested.emit(row.chat_id, self.view.mapToGlobal(place)),
        )
        menu.addAction("Import a chat…", self.import_requested.emit)
        menu.addSeparator()
        menu.addAction("Move to bin", lambda: self.bin_requested.emit(row.chat_id))
        menu.aboutToHide.connect(lambda: self.mark_current(self._current_id))
        menu.popup(self.view.viewport().mapToGlobal(place))

    def start_rename(self, row: ChatRow) -> None:
        """Put a line edit over the row."""
        number = next((i for i, r in enumerate(self._rows.rows) if r == row), None)
        if number is None:
            return
        box = self.view.visualRect(self._rows.index(number))
        field = _RenameField(row.title, self.view.viewport())
        field.setGeometry(box.adjusted(8, max(0, box.height() - 34), -8, 0))
        field.accepted.connect(lambda title: self.renamed.emit(row.chat_id, title))
        field.show()
        field.setFocus()
        field.selectAll()


class _RowsView(QListView):
    bin_pressed = Signal()
    rename_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Chats")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Nothing destructive on a bare key: the bin wants Ctrl."""
        has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if has_control and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.bin_pressed.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.rename_pressed.emit()
        else:
            super().keyPressEvent(event)


class _RenameField(QLineEdit):
    accepted = Signal(str)

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setAccessibleName("New name of the chat")
        self.returnPressed.connect(self._accept)
        self.editingFinished.connect(self.deleteLater)

    def _accept(self) -> None:
        self.accepted.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.deleteLater()
        else:
            super().keyPressEvent(event)


def day_words(seconds: float, today: date | None = None) -> str:
    """ "Today", "Yesterday", "This week", or a month."""
    day = datetime.fromtimestamp(seconds).date()
    age = ((today or date.today()) - day).days
    if age <= 0:
        return "Today"
    if age == 1:
        return "Yesterday"
    return "This week" if age < 7 else day.strftime("%B %Y")
