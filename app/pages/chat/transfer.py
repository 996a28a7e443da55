"""Chats out of Assay and back in."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.context import AppContext
from app.notices import Notice
from app.widgets.file_dialog import FileDialog
from labs.chat.exchange import MAX_BYTES, import_chat
from labs.chat.export import ExportFormat, export_chat, file_name_for, save_export
from labs.chat.store import ChatStore
from models.errors import UserError

FORMATS: tuple[tuple[ExportFormat, str], ...] = (
    ("markdown", "As Markdown…"),
    ("html", "As a page for the browser (HTML)…"),
    ("json", "As JSON, to import again…"),
)


class ChatTransfer(QObject):
    """Asks where, then writes or reads on a thread."""

    imported = Signal(object)  # chat id
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._window = parent
        self._thinking = self._choice("With thinking")
        self._records = self._choice("With settings and timings")

    def show_menu(self, chat_id: int, place: QPoint) -> None:
        """What to export, and what to leave out."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for format, words in FORMATS:
            action = menu.addAction(words)
            action.setData((chat_id, format))
        menu.addSeparator()
        menu.addAction(self._thinking)
        menu.addAction(self._records)
        menu.triggered.connect(self._on_chosen)
        menu.popup(place)

    def choose_import(self) -> None:
        dialog = FileDialog(self._window, "Import a chat")
        dialog.setNameFilter("Chats from Assay (*.json)")
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.import_file)
        dialog.open()

    def export_to(self, chat_id: int, format: ExportFormat, path: Path) -> None:
        """Write the chat to `path`; a notice says so."""
        store = self._context.services.chats
        thinking, records = self._thinking.isChecked(), self._records.isChecked()

        def work(_cancel: object) -> Generator[str, None, Path]:
            yield "Exporting"
            text = export_chat(store, chat_id, format, thinking=thinking, records=records)
            save_export(path, text)
            return path

        job = self._context.jobs.start(work)
        job.finished.connect(self._on_exported)
        job.failed.connect(self.failed)

    def import_file(self, path: str) -> None:
        """Read a chat that Assay exported; it is opened when it is there."""
        store = self._context.services.chats
        job = self._context.jobs.start(lambda _cancel: read_chat(store, Path(path)))
        job.finished.connect(self.imported)
        job.failed.connect(self.failed)

    def _on_chosen(self, action: QAction) -> None:
        if action.data() is None:
            return
        chat_id, format = cast(tuple[int, ExportFormat], action.data())
        try:
            title = self._context.services.chats.chat(chat_id).title
        except UserError as error:
            self.failed.emit(error)
            return
        dialog = FileDialog(self._window, "Export this chat")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(file_name_for(title, format))
        dialog.fileSelected.connect(lambda path: self.export_to(chat_id, format, Path(path)))
        dialog.open()

    def _on_exported(self, path: Path) -> None:
        self._context.notices.show(
            Notice(f"Exported to {path.name}.", str(path.parent), "success", key="export")
        )

    def _choice(self, words: str) -> QAction:
        action = QAction(words, self)
        action.setCheckable(True)
        action.setChecked(True)
        return action


def read_chat(store: ChatStore, path: Path) -> Generator[str, None, int]:
    """Add the chat in a file to the store and return its id. Raises UserError."""
    yield "Importing"
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(
            f"{path.name} cannot be read: {error.strerror or error}.",
            "Check that the file exists and that you may open it.",
        ) from error
    return import_chat(store, raw).id
