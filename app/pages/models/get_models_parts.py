"""Parts of the tab that gets models: the question while sealed, the token, one download."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.jobs import Job
from app.pages.page import OPEN_ONCE
from app.widgets.task_row import TaskRow
from models.network import Act


class AskBar(QFrame):
    """While sealed: one visible act opens the door, for one thing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "well")
        self._words = QLabel(wordWrap=True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.open_button = QPushButton(OPEN_ONCE)
        self.open_button.setProperty("role", "primary")
        self.open_button.setAccessibleName(OPEN_ONCE)
        self.open_button.clicked.connect(self._open)
        self.no_button = QPushButton("Not now")
        self.no_button.setAccessibleName("Not now")
        self.no_button.clicked.connect(self.hide)
        self._yes: Callable[[], None] = self.hide
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self.open_button)
        row.addWidget(self.no_button)
        self.hide()

    def ask(self, act: Act, yes: Callable[[], None]) -> None:
        """`yes` is called when the user opens the door."""
        self._yes = yes
        self._words.setText(
            f"Assay is sealed. “{act.reason}” connects to {act.host} and the storage it names; "
            "after that the door is shut again."
        )
        self.setAccessibleName(self._words.text())
        self.show()
        self.open_button.setFocus()

    def _open(self) -> None:
        self.hide()
        self._yes()


class TokenBox(QFrame):
    """An access token goes into the keyring of the system, and is never shown again."""

    saved = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "well")
        words = QLabel(
            "An access token lets you into gated and private repositories. It is kept in the "
            "keyring of this system and sent only where the hub asks for one.",
            wordWrap=True,
        )
        words.setProperty("role", "secondary")
        self.field = QLineEdit(placeholderText="hf_…")
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName("Access token")
        self.save_button = QPushButton("Save")
        self.save_button.setAccessibleName("Save the access token")
        self.forget_button = QPushButton("Forget the saved one")
        self.forget_button.setAccessibleName("Forget the saved access token")
        self.save_button.clicked.connect(self._save)
        self.field.returnPressed.connect(self._save)
        self.forget_button.clicked.connect(lambda: self.saved.emit(""))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        for widget in (self.save_button, self.forget_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(words)
        column.addLayout(row)
        self.hide()

    def _save(self) -> None:
        if token := self.field.text().strip():
            self.saved.emit(token)

    def done(self) -> None:
        self.field.clear()
        self.hide()


class DownloadRow(QFrame):
    """A download while it runs, and how it ended. `acted` is what its last button asks for."""

    acted = Signal()

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.job = job
        self.task = TaskRow(job.title)
        self.task.stop_requested.connect(job.cancel)
        self.button = QPushButton()
        self.button.clicked.connect(self.acted)
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 12, 2)
        row.addWidget(self.task, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        job.updated.connect(self._on_updated)
        self._on_updated()

    def show_end(self, sentence: str, role: str, button: str) -> None:
        self.task.show_end(sentence, role)
        self.button.setText(button)
        self.button.setAccessibleName(f"{button}: {self.job.title}")
        self.button.show()

    def _on_updated(self) -> None:
        if self.job.is_running:
            status = self.job.status
            self.task.show_progress(
                status.fraction, status.detail, status.time_left_s, stopping=self.job.is_stopping
            )
