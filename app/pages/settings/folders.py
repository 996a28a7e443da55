"""A short list of folders that can be added and taken away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.widgets.file_dialog import FileDialog
from app.widgets.icons import IconButton
from app.widgets.tokens import Tokens


class FolderList(QWidget):
    """`folders_changed` brings the whole list after each change by the user."""

    folders_changed = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders: tuple[str, ...] = ()
        self._shown: list[QWidget] = []
        self._tokens = Tokens()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._add = QPushButton("Add folder…")
        self._add.setAccessibleName("Add a model folder")
        self._add.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._rows)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignRight)

    def set_folders(self, folders: tuple[str, ...]) -> None:
        self._folders = tuple(folders)
        for old in self._shown:
            old.setParent(None)
            old.deleteLater()
        self._shown = [self._row(folder) for folder in self._folders]
        for row in self._shown:
            self._rows.addWidget(row)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def _row(self, folder: str) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        label = QLabel(folder)
        label.setProperty("role", "mono")
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        remove = IconButton("x", f"Take {folder} off the list", size=14)
        remove.setTokens(self._tokens)
        remove.clicked.connect(lambda: self._set(tuple(f for f in self._folders if f != folder)))
        line.addWidget(label, 1)
        line.addWidget(remove)
        return row

    def _ask(self) -> None:
        dialog = FileDialog(self, "Folder with models")
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, folder: str) -> None:
        if folder and folder not in self._folders:
            self._set((*self._folders, folder))

    def _set(self, folders: tuple[str, ...]) -> None:
        self.set_folders(folders)
        self.folders_changed.emit(folders)
