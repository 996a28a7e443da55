"""Ties the list of chats to the store: search, pin, rename, bin with undo."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.context import AppContext
from app.notices import Notice
from app.pages.chat.attempt import Attempt
from app.pages.chat.chat_list import ChatList
from app.pages.chat.chat_session import ChatSession
from app.widgets.bin_window import Binned, BinWindow
from labs.chat.conversation import Chat


class ChatShelf(QObject):
    binned = Signal(int)
    restored = Signal(int)
    failed = Signal(object)

    def __init__(
        self, context: AppContext, chat_list: ChatList, session: ChatSession, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store = context.services.chats
        self._attempt = Attempt(self.failed.emit)
        self._notices = context.notices
        self._list = chat_list
        self._session = session
        chat_list.search_requested.connect(self._on_search)
        chat_list.pin_requested.connect(self.pin)
        chat_list.renamed.connect(self.rename)
        chat_list.bin_requested.connect(self.bin)
        chat_list.bin_shown.connect(self.show_bin)
        session.chats_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show all chats, or what the search finds, and how many are in the bin."""
        self._list.show_bin_count(len(self._binned()))
        query = self._list.search.text().strip()
        if query:
            self._list.show_hits(self._attempt(lambda: self._store.search(query)) or ())
            return
        chats = self._attempt(self._store.chats)
        self._list.show_chats(chats or (), self._session.running_chats)
        chat = self._session.chat
        self._list.mark_current(chat.id if chat else None)

    def pin(self, chat_id: int, pinned: bool) -> None:
        self._attempt(lambda: self._store.pin(chat_id, pinned))
        self.refresh()

    def rename(self, chat_id: int, title: str) -> None:
        self._attempt(lambda: self._store.rename(chat_id, title))
        self.refresh()

    def bin(self, chat_id: int) -> None:
        """Into the bin, with a notice that takes it out again."""
        chat = self._attempt(lambda: self._store.chat(chat_id))
        if chat is None:
            return
        self._attempt(lambda: self._store.bin(chat_id))
        self.binned.emit(chat_id)
        self.refresh()
        self._notices.show(
            Notice(
                f"“{chat.title}” is in the bin.",
                key=f"bin-{chat_id}",
                action="Undo",
                run=lambda: self.restore(chat_id),
            )
        )

    def restore(self, chat_id: int) -> None:
        self._attempt(lambda: self._store.restore(chat_id))
        self.refresh()
        self.restored.emit(chat_id)

    def show_bin(self) -> BinWindow:
        """Open the bin; what is taken out comes to the front."""
        window = BinWindow(self._list.window(), "Chats")
        window.restore_requested.connect(self.restore)
        window.restore_requested.connect(lambda _id: self._fill(window))
        window.empty_requested.connect(self._empty_bin)
        window.empty_requested.connect(lambda: self._fill(window))
        self._fill(window)
        window.show()
        return window

    def _fill(self, window: BinWindow) -> None:
        """Latest first, as they were put away."""
        window.show_binned([_binned(chat) for chat in self._binned()])

    def _empty_bin(self) -> None:
        self._attempt(self._store.empty_bin)
        self.refresh()

    def _binned(self) -> tuple[Chat, ...]:
        return self._attempt(lambda: self._store.chats(binned=True)) or ()

    def _on_search(self, _query: str) -> None:
        self.refresh()


def _binned(chat: Chat) -> Binned:
    away = datetime.fromtimestamp(chat.binned_at or 0).strftime("%d %b %Y, %H:%M")
    return Binned(chat.id, chat.title or "New chat", away)
