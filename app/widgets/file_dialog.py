"""File dialogs that begin where files are kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


class FileDialog(QFileDialog):
    """Begins where the last one ended, the first one among the user's documents."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent, title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Qt begins where the program was started, which is nobody's place for files.
        if self.directory() == QDir.current():
            self.setDirectory(str(_documents()))
        self.fileSelected.connect(self._remember)

    def _remember(self, file: str) -> None:
        self.setDirectory(str(Path(file).parent))


def _documents() -> Path:
    kind = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(kind))
    return folder if folder.is_dir() else Path.home()
