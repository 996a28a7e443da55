"""Something that a sheet wants of its page: kept with a click, and kept again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.widgets.parts import button, row_of, set_role, words

KEEP, KEEP_AGAIN = "Keep what the page shows now", "Keep again"


class ArtifactRow(QFrame):
    """`asked` carries the name of the file."""

    asked = Signal(str)

    def __init__(self, file: str, about: str) -> None:
        super().__init__()
        self._file = file
        self.setProperty("role", "card")
        self.button = button(KEEP, name=f"{KEEP}: {file}")
        self.button.clicked.connect(lambda: self.asked.emit(file))
        self.state = words("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(words(file, "mono"))
        column.addWidget(words(about, "secondary"))
        column.addLayout(row_of(self.button, stretch=-1))
        column.addWidget(self.state)
        self.show_kept("")

    def show_kept(self, when: str) -> None:
        """ "" where nothing is kept yet."""
        self.button.setText(KEEP_AGAIN if when else KEEP)
        self.button.setAccessibleName(f"{self.button.text()}: {self._file}")
        self.state.setText(f"Kept {when}" if when else "")
        set_role(self.state, "good" if when else "small")
        self.state.setVisible(bool(when))

    def show_problem(self, sentence: str) -> None:
        """Why nothing was kept now; what was kept before is still there."""
        self.state.setText(sentence)
        set_role(self.state, "warning")
        self.state.show()
