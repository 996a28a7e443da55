"""Chats out of Assay and back in."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal

from app.context import AppContext


class ChatTransfer(QObject):
    """Export to a file, import from one."""

    imported = Signal(int)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def show_menu(self, chat_id: int, place: QPoint) -> None: ...

    def choose_import(self) -> None: ...
